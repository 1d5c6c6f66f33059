import type {Config} from '../../config/schema.ts'
import type {ReloadReport} from '../../control/contract/reload.ts'
import type {ActionHandler} from '../control-server.ts'
import type {ConfigSource} from './config-source.ts'
import {Reloader, type ReloaderOptions} from './reloader.ts'
import {restartNeeded} from './restart-needed.ts'
import {Settling} from './settling.ts'
import {ConfigWatch} from './watch-config.ts'

export interface ReloadParts extends Omit<ReloaderOptions, 'source' | 'needsRestart' | 'onTaken'> {
  readonly source: ConfigSource
  /** What the runtime was started with. */
  readonly config: Config
  readonly stateDir: string
  readonly version: string
  /** A server can be used, or there is none to use. */
  readonly healthy: () => boolean
}

/** Everything about taking the configuration anew: the watch, the attempts, and what is kept of those that serve well. */
export class Reload {
  readonly #parts: ReloadParts
  readonly #reloader: Reloader
  readonly #settling: Settling
  #watch: ConfigWatch | undefined

  constructor(parts: ReloadParts) {
    this.#parts = parts
    const {config: started, source, stateDir, version, healthy, log} = parts
    this.#settling = new Settling({stateDir, version, healthy, log})
    this.#reloader = new Reloader({
      ...parts,
      needsRestart: next => restartNeeded(started, next),
      onTaken: (sha256, config) => this.#inForce(sha256, config),
    })
    this.#inForce(parts.sha256, started)
    log.write({
      level: 'DEBUG',
      module: 'reload',
      kind: 'Watching',
      message:
        this.#watch === undefined ? 'the configuration file is not watched' : 'the configuration file is watched',
      pairs: {file: source.path},
    })
  }

  get state(): Reloader['state'] {
    return this.#reloader.state
  }

  request(trigger: 'signal' | 'command'): Promise<ReloadReport> {
    return this.#reloader.request(trigger)
  }

  /** The control action `reload`. */
  readonly action: ActionHandler = async () => {
    const report = await this.#reloader.request('command')
    const {ok, message, generation} = report
    this.#parts.log.audit('reload', {via: 'control socket', ok, generation})
    return {ok, message, reload: report}
  }

  stop(): void {
    this.#watch?.stop()
    this.#watch = undefined
    this.#settling.stop()
  }

  #inForce(sha256: string, {proxy}: Config): void {
    const {source, events, running} = this.#parts
    // What an empty section says holds without one.
    const {enabled = true, settle = 300_000} = proxy?.hot_reload ?? {}
    this.#settling.begin({path: source.path, sha256, since: events.now()}, settle)
    if (!enabled || !running()) {
      this.#watch?.stop()
      this.#watch = undefined
      return
    }
    this.#watch ??= new ConfigWatch({path: source.path, onChange: () => void this.#reloader.request('file')})
  }
}
