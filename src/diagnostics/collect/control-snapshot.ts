import {AppError} from '../../shared/errors.ts'
import type {Collector} from '../live-facts.ts'

/** The runtime's own account of itself, over its control socket. */
export const controlSnapshot: Collector<'control.snapshot'> = {
  kind: 'control.snapshot',
  timeoutMs: 2500,
  async collect(socketPath, {signal}) {
    if (socketPath === '') return {state: 'absent', why: 'no runtime record names a control socket'}
    // Loaded here: the contract's schemas are slow to load, and a dead runtime needs none of them.
    const {ControlClient} = await import('../../control/client.ts')
    try {
      const snapshot = await new ControlClient(socketPath).snapshot(signal, 2000)
      return {state: 'known', value: {snapshot, mismatch: null}}
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (error.code === 'CONTROL_CONTRACT') return {state: 'known', value: {snapshot: null, mismatch: error.message}}
      const states = {CONTROL_UNREACHABLE: 'absent', CONTROL_TIMEOUT: 'timeout', CONTROL_DENIED: 'denied'} as const
      return {state: states[error.code as keyof typeof states] ?? 'error', why: error.message}
    }
  },
}
