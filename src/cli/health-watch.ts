import {setTimeout} from 'node:timers/promises'
import {formatDuration} from '../shared/duration.ts'
import {AppError, messageOf} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {type HealthView, healthFrame} from './health-frame.ts'
import {healthDocument} from './health-report.ts'
import {findInstance} from './instance.ts'
import {LiveBlock} from './live-block.ts'
import {printJsonLine, printLine} from './output.ts'
import {usualRows} from './output-columns.ts'
import type {RecentLooks} from './recent-looks.ts'
import {recentFromColumns, seedRecentLooks} from './recent-seed.ts'
import {tableLook} from './table-look.ts'
import {type WatchControl, type WatchEnd, watchControl, watchEndCodes} from './watch-end.ts'

const shortestMs = 100
const longestMs = 86_400_000

export interface HealthWatchOptions {
  readonly intervalMs: number
  readonly json: boolean
}

/**
 * Shows the state of the servers again and again: in place on a terminal, one block (or one JSON document on a line) each
 * time elsewhere. A runtime that goes away is waited for. Ends on INT, TERM and HUP, or with whoever reads it.
 * @returns the exit status
 * @throws AppError where there is no runtime to begin with
 */
export async function watchHealth({intervalMs, json}: HealthWatchOptions): Promise<number> {
  if (intervalMs < shortestMs || intervalMs > longestMs)
    throw new AppError('BAD_DURATION', `--interval ${formatDuration(intervalMs)} is out of range`, {
      fix: 'Between 100ms and 1d.',
      exitCode: exitCode.usage,
    })
  const first: HealthView = {snapshot: await look(), lost: null}
  const {stdin, stdout, env} = process
  const live = !json && stdout.isTTY === true && env.TERM !== 'dumb'
  if (!live) return followView(first, intervalMs, watchControl(stdin, undefined), json ? printDocument : printBlock)

  const block = new LiveBlock(stdout)
  const recent = await seedRecentLooks(first.snapshot)
  let shown = first
  const draw = (view: HealthView): void => {
    shown = view
    if (view.lost === null) recent.note(view.snapshot.servers)
    if (!block.draw(frameOf(view, recent))) control.end('SIGHUP')
  }
  const again = (): void => draw(shown)
  const keys = {
    onStop: () => block.leave(),
    onContinue: () => {
      block.forget()
      again()
    },
  }
  const control = watchControl(stdin, stdin.isTTY === true ? keys : undefined)
  const restore = (): void => block.leave()
  stdout.on('resize', again)
  process.on('exit', restore) // whatever is thrown, the cursor is given back
  try {
    return await followView(first, intervalMs, control, draw)
  } finally {
    stdout.off('resize', again)
    restore()
    process.off('exit', restore)
  }
}

function frameOf(view: HealthView, recent: RecentLooks): string[] {
  const style = tableLook()
  const wide = (style.cols ?? 0) >= recentFromColumns && !recent.empty
  const bars = wide ? (id: string) => recent.bars(id, style.glyphs) : undefined
  // The line below the picture is the cursor's.
  const rows = Math.max(1, (process.stdout.rows || usualRows) - 1)
  return healthFrame(view, {...style, rows, now: Date.now(), recent: bars})
}

function printBlock(view: HealthView): void {
  printLine(`${healthFrame(view, {...tableLook(), rows: undefined, now: Date.now()}).join('\n')}\n`)
}

function printDocument({snapshot, lost}: HealthView): void {
  const gone = lost && {since: new Date(lost.sinceMs).toISOString(), code: lost.code, why: lost.why}
  const {instance, at} = snapshot
  printJsonLine({at: new Date().toISOString(), instance, stateOf: at, gone, ...healthDocument(snapshot)})
}

/** One look after the other until the end is asked for. */
async function followView(
  first: HealthView,
  intervalMs: number,
  {signal, close}: WatchControl,
  show: (view: HealthView) => void,
): Promise<number> {
  let view = first
  try {
    while (!signal.aborted) {
      show(view)
      await setTimeout(intervalMs, undefined, {signal})
      view = await nextView(view, signal)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    close()
  }
  return watchEndCodes[signal.reason as WatchEnd]
}

async function nextView({snapshot, lost}: HealthView, signal: AbortSignal): Promise<HealthView> {
  const askedMs = Date.now() // one that is silent is so from the question on, not from the deadline on
  try {
    return {snapshot: await look(signal), lost: null}
  } catch (error) {
    if (signal.aborted) throw error
    // Also what is cut off in the middle of an answer, which is no AppError: the next look tells.
    const code = error instanceof AppError ? error.code : 'CONTROL_UNREACHABLE'
    return {snapshot, lost: {sinceMs: lost?.sinceMs ?? askedMs, code, why: messageOf(error)}}
  }
}

/** Whichever runtime is there now: after a restart it is another one. */
async function look(signal?: AbortSignal) {
  const {client} = await findInstance()
  return client.snapshot(signal)
}
