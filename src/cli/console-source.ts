import {homedir} from 'node:os'
import {ControlClient} from '../control/client.ts'
import {socketSource} from '../control/socket-source.ts'
import type {DoctorRow, Source} from '../control/source.ts'

export interface ConsoleSourceOptions {
  /** The control socket; without one, that of the runtime that is found in the state folders. */
  readonly socketPath: string | undefined
  readonly allowActions: boolean
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
}

/**
 * A running runtime as the console's source, with logs and checks of this host.
 * @throws AppError when no runtime is found, or the one that is found does not answer
 */
export async function consoleSource(options: ConsoleSourceOptions): Promise<Source> {
  const socketPath = options.socketPath ?? (await findSocket(options.env))
  // The runtime itself says where it listens and logs: a record on disk could be another's.
  const {listen, paths} = await new ControlClient(socketPath).snapshot()
  return socketSource({
    socketPath,
    label: `${listen.host.includes(':') ? `[${listen.host}]` : listen.host}:${listen.port}`,
    allowActions: options.allowActions,
    logs: async query => (await import('./newest-logs.ts')).newestLogs(paths.logs, query),
    doctor: (ids, signal) => doctorHere(ids, options, signal),
  })
}

async function findSocket(env: NodeJS.ProcessEnv): Promise<string> {
  const {stateDirCandidates} = await import('../config/paths.ts')
  const {requireRuntime} = await import('../control/find-runtime.ts')
  return requireRuntime(stateDirCandidates({env, home: homedir()})).socket
}

async function doctorHere(
  ids: readonly string[],
  {env, cwd}: ConsoleSourceOptions,
  signal: AbortSignal,
): Promise<readonly DoctorRow[]> {
  const {runDoctor} = await import('../diagnostics/doctor.ts')
  const {doctorRows} = await import('../diagnostics/report.ts')
  return doctorRows(await runDoctor({ids, env, cwd, configFlag: undefined, signal}))
}
