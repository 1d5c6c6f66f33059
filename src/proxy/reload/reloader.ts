import type {LoadedConfig} from '../../config/loaded-config.ts'
import type {Problem} from '../../config/problem.ts'
import type {Config} from '../../config/schema.ts'
import type {ReloadReport, ReloadTrigger} from '../../control/contract/reload.ts'
import type {Snapshot} from '../../control/contract/snapshot.ts'
import type {Clock} from '../../shared/clock.ts'
import {messageOf} from '../../shared/errors.ts'
import type {EventLog} from '../event-log.ts'
import type {RuntimeLog} from '../runtime-log.ts'
import type {ConfigSource} from './config-source.ts'

export type ServerChanges = ReloadReport['servers']

export interface ReloaderOptions {
  readonly source: ConfigSource
  /** Of the file that the runtime was started with. */
  readonly sha256: string
  readonly clock: Clock
  readonly log: RuntimeLog
  readonly events: EventLog
  /** Before anything of it can be logged. */
  readonly learn: (secrets: readonly string[]) => void
  /** Puts a valid configuration into force. @throws where it cannot be: then nothing has changed */
  readonly apply: (config: Config) => Promise<ServerChanges>
  readonly needsRestart: (config: Config) => string[]
  /** Another file is in force. */
  readonly onTaken: (sha256: string, config: Config) => void
  /** False once the runtime drains. */
  readonly running: () => boolean
  /** How long a file that is not valid may be one that is still being written. */
  readonly patienceMs?: number
}

const usualPatienceMs = 500

const nothing: ServerChanges = {added: [], removed: [], changed: [], adjusted: [], kept: []}

/** More than a console or a log would show. */
const maxProblems = 20

/** Takes a configuration file anew, one attempt at a time: those that are asked for meanwhile become one more. */
export class Reloader {
  readonly #options: ReloaderOptions
  readonly #reloads = {taken: 0, refused: 0}
  #sha256: string
  #since: string
  #generation = 1
  #needsRestart: string[] = []
  #last: ReloadReport | undefined
  #lastAt = ''
  /** What was wrong with the file that was refused last; told once. */
  #told = ''
  #running: Promise<ReloadReport> | undefined
  #next: Promise<ReloadReport> | undefined

  constructor(options: ReloaderOptions) {
    this.#options = options
    this.#sha256 = options.sha256
    this.#since = options.events.now()
  }

  /** For consoles. */
  get state(): Omit<Snapshot['config'], 'path'> {
    const last = this.#last
    return {
      sha256: this.#sha256,
      since: this.#since,
      generation: this.#generation,
      reloads: {...this.#reloads},
      lastReload:
        last === undefined
          ? null
          : {
              at: this.#lastAt,
              ok: last.ok,
              trigger: last.trigger,
              message: last.message,
              problems: last.problems.slice(0, maxProblems),
            },
      needsRestart: this.#needsRestart,
    }
  }

  /** Never rejects: what came of it is in the report. */
  request(trigger: ReloadTrigger): Promise<ReloadReport> {
    if (this.#running === undefined) {
      this.#running = this.#attempt(trigger).finally(() => {
        this.#running = undefined
      })
      return this.#running
    }
    this.#next ??= this.#running.then(() => {
      this.#next = undefined
      return this.request(trigger)
    })
    return this.#next
  }

  async #attempt(trigger: ReloadTrigger): Promise<ReloadReport> {
    const {clock, running} = this.#options
    const startedAt = clock.now()
    const done = (rest: Partial<ReloadReport> & {ok: boolean; message: string}): ReloadReport => ({
      trigger,
      changed: false,
      path: this.#options.source.path,
      sha256: this.#sha256,
      generation: this.#generation,
      durationMs: Math.round(clock.now() - startedAt),
      servers: nothing,
      needsRestart: this.#needsRestart,
      problems: [],
      ...rest,
    })
    try {
      if (!running()) return done({ok: false, message: 'the runtime is shutting down'})
      const loaded = await this.#load(trigger)
      if (!loaded.ok)
        return this.#refused(done({ok: false, message: whatIsWrong(loaded), problems: [...loaded.problems]}))
      const {sha256, config, secrets, problems} = loaded
      this.#options.learn(secrets)
      if (sha256 === this.#sha256) return this.#unchanged(done({ok: true, message: 'the file is the one in force'}))
      const servers = await this.#options.apply(config)
      this.#sha256 = sha256
      this.#since = this.#options.events.now()
      this.#generation++
      this.#needsRestart = this.#options.needsRestart(config)
      this.#options.onTaken(sha256, config)
      return this.#taken(
        done({ok: true, changed: true, message: whatChanged(servers), servers, problems: [...problems]}),
      )
    } catch (error) {
      return this.#refused(done({ok: false, message: messageOf(error)}))
    }
  }

  /** What a change of the file finds half written is looked at once more before anybody hears of it. */
  async #load(trigger: ReloadTrigger): Promise<LoadedConfig> {
    const {source, patienceMs = usualPatienceMs} = this.#options
    const loaded = await source.load()
    if (loaded.ok || trigger !== 'file') return loaded
    await new Promise(resolve => setTimeout(resolve, patienceMs).unref())
    return source.load()
  }

  #unchanged(report: ReloadReport): ReloadReport {
    this.#told = ''
    // What was refused before has been put right.
    if (this.#last?.ok === false) this.#note(report)
    return report
  }

  #taken(report: ReloadReport): ReloadReport {
    const {log, events} = this.#options
    this.#told = ''
    this.#reloads.taken++
    this.#note(report)
    const {servers, generation, sha256, durationMs, needsRestart, problems} = report
    const names = (ids: readonly string[]): string | undefined => (ids.length === 0 ? undefined : ids.join(','))
    log.write({
      level: 'INFO',
      module: 'reload',
      kind: 'ConfigReloaded',
      message: 'another configuration is in force',
      pairs: {
        trigger: report.trigger,
        generation,
        sha256: sha256.slice(0, 12),
        added: names(servers.added),
        removed: names(servers.removed),
        changed: names(servers.changed),
        adjusted: names(servers.adjusted),
        kept: servers.kept.length,
        duration_ms: durationMs,
      },
    })
    if (needsRestart.length > 0)
      log.write({
        level: 'WARN',
        module: 'reload',
        kind: 'RestartNeeded',
        message: 'some settings take effect with a restart only',
        pairs: {settings: needsRestart.join(',')},
      })
    for (const {file, line, column, message} of problems.slice(0, maxProblems))
      log.write({
        level: 'WARN',
        module: 'reload',
        kind: 'ConfigWarning',
        message,
        pairs: {at: `${file}:${line}:${column}`},
      })
    events.emit({type: 'lifecycle', what: 'reloaded', message: report.message})
    return report
  }

  #refused(report: ReloadReport): ReloadReport {
    const {log, events} = this.#options
    this.#reloads.refused++
    this.#note(report)
    const [first] = report.problems
    const told = JSON.stringify(report.problems.length > 0 ? report.problems.map(signature) : report.message)
    if (told === this.#told) return report
    this.#told = told
    log.write({
      level: 'WARN',
      module: 'reload',
      kind: 'ConfigInvalid',
      message: 'the configuration file was not taken; the one before stays in force',
      pairs: {
        at: first === undefined ? report.path : `${first.file}:${first.line}:${first.column}`,
        error: first?.message ?? report.message,
        problems: report.problems.length > 1 ? report.problems.length : undefined,
      },
    })
    events.emit({type: 'lifecycle', what: 'reload_failed', message: report.message})
    return report
  }

  #note(report: ReloadReport): void {
    this.#last = report
    this.#lastAt = this.#options.events.now()
  }
}

function signature({code, line, column, message}: Problem | ReloadReport['problems'][number]): string {
  return `${code} ${line}:${column} ${message}`
}

function whatIsWrong({problems, path}: LoadedConfig): string {
  const first = problems.find(({severity}) => severity === 'error') ?? problems[0]
  if (first === undefined) return `${path} cannot be used`
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  return `${first.file}:${first.line}:${first.column}: ${first.message}${more}`
}

function whatChanged(servers: ServerChanges): string {
  const parts = (['added', 'removed', 'changed', 'adjusted'] as const).flatMap(key =>
    servers[key].length === 0 ? [] : [`${key} ${servers[key].join(', ')}`],
  )
  return parts.length === 0 ? 'taken; the servers are as before' : `taken; servers: ${parts.join('; ')}`
}
