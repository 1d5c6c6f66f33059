import {existsSync} from 'node:fs'
import {messageOf} from '../../shared/errors.ts'
import type {BreakerRow, BreakerStates} from '../../store/breaker-states.ts'

export interface BreakerMemory {
  /** What breakers were when the last process ended. */
  readonly saved: readonly BreakerRow[]
  save(row: BreakerRow): void
  close(): Promise<void>
}

/**
 * The states of breakers across restarts. The database costs memory and a thread: it is opened when there is something in
 * it, or a breaker has something to keep.
 */
export async function openBreakerMemory(path: string, onWarning: (message: string) => void): Promise<BreakerMemory> {
  let opening: Promise<BreakerStates> | undefined
  const states = (): Promise<BreakerStates> => {
    opening ??= import('../../store/breaker-states.ts').then(({openBreakerStates}) =>
      openBreakerStates(path, onWarning),
    )
    return opening
  }
  const cannot = (error: unknown): void => onWarning(`circuit breaker states cannot be kept: ${messageOf(error)}`)
  let saved: readonly BreakerRow[] = []
  try {
    if (existsSync(path)) saved = await (await states()).load()
  } catch (error) {
    cannot(error)
  }
  return {
    saved,
    save: row => {
      states().then(open => open.save(row), cannot)
    },
    close: async () => {
      await (await opening?.catch(() => undefined))?.close() // what failed has been told of
    },
  }
}
