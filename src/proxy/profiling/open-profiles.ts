import type http from 'node:http'
import type {IncomingMessage} from 'node:http'
import type {Config} from '../../config/schema.ts'
import {describePortOwner} from '../../shared/port-owner.ts'
import type {ActionHandler} from '../control-server.ts'
import type {EventLog} from '../event-log.ts'
import {listen} from '../http-server.ts'
import type {RuntimeLog} from '../runtime-log.ts'
import type {WireFault} from '../wire-guard.ts'
import {LazyProfiling} from './lazy-profiling.ts'
import type {RecordingPaths} from './recording-paths.ts'
import type {Recorded} from './start-recordings.ts'

export interface ProfilingAddress {
  readonly host: string
  readonly port: number
}

export interface ProfilesOptions {
  readonly config: Config['profiling']
  readonly paths: RecordingPaths
  readonly events: EventLog
  readonly log: RuntimeLog
}

type GuardOf = (listenHost: string) => (request: IncomingMessage) => WireFault | undefined

/** Everything about profiles that a runtime holds: the port, recordings from the start, and the control actions. */
export class Profiles {
  readonly actions: Readonly<Record<'profile_cpu' | 'profile_mem' | 'trace', ActionHandler>>
  readonly #options: ProfilesOptions
  readonly #lazy: LazyProfiling
  #server: http.Server | undefined
  #address: ProfilingAddress | null = null
  #finish: () => Promise<void> = async () => {}

  constructor(options: ProfilesOptions) {
    this.#options = options
    const lazy = new LazyProfiling(listener => options.events.listen(listener), options.log)
    this.#lazy = lazy
    this.actions = {
      profile_cpu: (args, signal) => lazy.record('cpu', args, signal),
      profile_mem: (args, signal) => lazy.record('heap', args, signal),
      trace: (args, signal) => lazy.record('trace', args, signal),
    }
  }

  get address(): ProfilingAddress | null {
    return this.#address
  }

  /** Begins what is recorded from the start on. */
  async record(): Promise<void> {
    const {paths, events} = this.#options
    if (paths.cpu === undefined && paths.mem === undefined && paths.trace === undefined) return
    const [{StartRecordings}, profiling] = await Promise.all([import('./start-recordings.ts'), this.#lazy.load()])
    const recordings = new StartRecordings(paths, {
      profiling,
      listen: listener => events.listen(listener),
      tell: recorded => this.#tell(recorded),
    })
    // However the process ends: a crash, a second Ctrl-C.
    const atExit = (): void => recordings.finishNow()
    process.once('exit', atExit)
    this.#finish = async () => {
      await recordings.finish()
      process.off('exit', atExit)
    }
  }

  /** Opens the port, where profiles are wanted. @throws AppError `PORT_IN_USE`, `LISTEN_FAILED` */
  async listen(guardOf: GuardOf): Promise<void> {
    const {config} = this.#options
    if (config?.enabled !== true) return
    const [{createPprofServer}, profiling] = await Promise.all([import('./pprof-server.ts'), this.#lazy.load()])
    const {host} = config
    this.#server = createPprofServer(profiling, guardOf(host))
    const port = await listen(this.#server, host, config.port, 'profiling', describePortOwner)
    this.#address = {host, port}
    profiling.sampleHeap()
    this.#options.log.write({
      level: /^(127\.|::1$|localhost$)/.test(host) ? 'INFO' : 'WARN',
      module: 'profiling',
      kind: 'ProfilingOpen',
      message: 'profiles are served to whoever reaches this address',
      pairs: {host, port},
    })
  }

  /** Closes the port and writes what was recorded. */
  async stop(): Promise<void> {
    this.#server?.close()
    this.#server?.closeAllConnections()
    await this.#finish()
    await this.#lazy.stop()
  }

  #tell({what, path, problem}: Recorded): void {
    const {log} = this.#options
    if (problem === undefined) {
      process.stderr.write(`only1mcp: ${what} written to ${path}\n`)
      log.write({
        level: 'INFO',
        module: 'profiling',
        kind: 'Recorded',
        message: 'recording written',
        pairs: {file: path},
      })
      return
    }
    process.stderr.write(`only1mcp: cannot write the ${what} to ${path}: ${problem}\n`)
    const pairs = {file: path, error: problem}
    log.write({level: 'ERROR', module: 'profiling', kind: 'RecordingLost', message: 'recording not written', pairs})
    log.flush()
  }
}

/** @returns profiles whose recordings from the start have begun */
export async function openProfiles(options: ProfilesOptions): Promise<Profiles> {
  const profiles = new Profiles(options)
  await profiles.record()
  return profiles
}
