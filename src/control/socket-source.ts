import {type Action, type ActionOutcome, stopAction} from './action.ts'
import {ControlClient} from './client.ts'
import type {DoctorRow, LogQuery, LogRecord, Source} from './source.ts'

export interface SocketSourceOptions {
  readonly socketPath: string
  readonly label: string
  readonly allowActions: boolean
  /** Reads the newest log lines; where they lie is the caller's knowledge. */
  readonly logs: (query: LogQuery, signal: AbortSignal) => Promise<readonly LogRecord[]>
  readonly doctor: (ids: readonly string[], signal: AbortSignal) => Promise<readonly DoctorRow[]>
}

/** A running runtime as a console's source. */
export function socketSource(options: SocketSourceOptions): Source {
  const client = new ControlClient(options.socketPath)
  return {
    label: options.label,
    snapshot: signal => client.snapshot(signal),
    events: (since, signal) => client.events(since, signal),
    logs: options.logs,
    doctor: options.doctor,
    actions: () => (options.allowActions ? [stopAction(options.label)] : []),
    run: (action: Action, signal: AbortSignal): Promise<ActionOutcome> => client.action(action.id, signal),
  }
}
