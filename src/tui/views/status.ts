import type {ServerStatus} from '../../control/contract/server.ts'
import type {ServerRow} from '../store/data.ts'
import type {Glyphs} from '../text/glyphs.ts'
import type {Role} from '../text/line.ts'

const looks: Readonly<
  Record<ServerStatus, {readonly role: Role; readonly glyph: keyof Glyphs & ('up' | 'down' | 'wait' | 'off')}>
> = {
  up: {role: 'good', glyph: 'up'},
  starting: {role: 'warn', glyph: 'wait'},
  restarting: {role: 'warn', glyph: 'wait'},
  crash_loop: {role: 'bad', glyph: 'down'},
  down: {role: 'bad', glyph: 'down'},
  disabled: {role: 'dim', glyph: 'off'},
  stopped: {role: 'dim', glyph: 'off'},
}

export function statusRole(status: ServerStatus): Role {
  return looks[status].role
}

/** Sign and word: the state is never told by colour alone. */
export function statusText(status: ServerStatus, glyphs: Glyphs): string {
  return `${glyphs[looks[status].glyph]} ${status}`
}

/** A server that should serve and does not. */
export function isBroken(server: ServerRow): boolean {
  return server.status === 'restarting' || server.status === 'crash_loop' || server.status === 'down'
}

/** Why it is broken, in one line. */
export function whyBroken(server: ServerRow): string {
  const error = server.lastError
  return error === null ? server.status : `${error.kind}: ${error.message} [${error.blame}]`
}

/** The state, or in its place the breaker that keeps calls away from a server that is up. */
export function stateText(server: ServerRow, glyphs: Glyphs): string {
  if (server.status !== 'up' || breakerState(server) === 'closed') return statusText(server.status, glyphs)
  return breakerState(server) === 'open' ? `${glyphs.down} brk open` : `${glyphs.wait} half-open`
}

export function stateRole(server: ServerRow): Role {
  if (server.status !== 'up' || breakerState(server) === 'closed') return statusRole(server.status)
  return breakerState(server) === 'open' ? 'bad' : 'warn'
}

/** Closed where the runtime is of a version without breakers. */
function breakerState({breaker}: ServerRow): 'closed' | 'open' | 'half_open' {
  return breaker?.state ?? 'closed'
}

export function levelRole(level: string): Role {
  if (level === 'ERROR' || level === 'PANIC') return 'bad'
  if (level === 'WARN') return 'warn'
  return level === 'INFO' ? 'plain' : 'dim'
}
