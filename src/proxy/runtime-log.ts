import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import type {Redactor} from '../redaction/redactor.ts'
import {AppError, messageOf} from '../shared/errors.ts'
import {LogFile} from '../shared/log-file.ts'
import {explicitLevel, passes} from '../shared/log-filter.ts'
import {
  type AccessLogEntry,
  formatAccessLine,
  formatErrorLine,
  type LevelWord,
  type LogLevel,
  type LogPairs,
  logValue,
} from '../shared/log-line.ts'
import {shortText} from '../shared/short-text.ts'
import type {EventLog} from './event-log.ts'
import {type LogGate, LogGates} from './logging/log-gates.ts'
import type {LogSettings} from './logging/log-settings.ts'

export interface LogMessage {
  readonly level: LevelWord
  /** Without the `only1mcp::` in front. */
  readonly module: string
  readonly kind: string
  readonly message: string
  readonly requestId?: string | null
  readonly pairs?: LogPairs
  /** Written whatever the level: the detail of a request whose client asked for it. */
  readonly always?: boolean
}

export interface RuntimeLogOptions extends LogSettings {
  readonly folder: string
  readonly events: EventLog
  readonly redactor: Redactor
}

/**
 * The runtime's four log files. A message stands in exactly one: error.log takes WARN and above, only1mcp.log the rest;
 * access.log has a line for each request, audit.log one for each operator's action.
 */
export class RuntimeLog {
  /** Which levels are on, by module; an operator may change it. */
  readonly gates: LogGates
  #options: RuntimeLogOptions
  readonly #access: LogFile
  readonly #error: LogFile
  readonly #main: LogFile
  readonly #audit: LogFile

  /** @throws AppError `LOG_UNWRITABLE` */
  constructor(options: RuntimeLogOptions) {
    this.#options = options
    this.gates = new LogGates(options.filter)
    try {
      mkdirSync(options.folder, {recursive: true, mode: 0o750})
      this.#access = this.#open('access.log')
      this.#error = this.#open('error.log')
      this.#main = this.#open('only1mcp.log')
      this.#audit = this.#open('audit.log')
    } catch (error) {
      throw new AppError('LOG_UNWRITABLE', `cannot write logs in ${options.folder}: ${messageOf(error)}`, {
        fix: 'Make the folder writable for this user and take away what is in the way, or name another folder with paths.logs or ONLY1MCP_LOG_DIR.',
        cause: error,
      })
    }
  }

  /** Goes on as another configuration says; a level that an operator set stays while the configured one is as it was. */
  configure({filter, format, rotation}: LogSettings): void {
    this.gates.configure(filter)
    this.#options = {...this.#options, format, rotation}
    for (const file of this.#files()) file.rotateBy(rotation)
  }

  write(message: LogMessage): void {
    if (message.always !== true && !this.enabled(message.level, message.module)) return
    const {events, format, redactor} = this.#options
    const at = events.now()
    const pairs = message.pairs && redactPairs(redactor, message.pairs)
    const requestId = message.requestId ?? null
    const entry = {
      at,
      level: message.level,
      module: `only1mcp::${message.module}`,
      requestId,
      kind: message.kind,
      message: redactor.text(message.message),
    }
    const file = isGrave(message.level) ? this.#error : this.#main
    file.write(formatErrorLine(pairs ? {...entry, pairs} : entry, format))
    // What went wrong is looked for at once, and may be the last that this process says.
    if (message.level === 'ERROR') file.flush()
    events.emit({
      type: 'log',
      level: message.level,
      module: entry.module,
      requestId,
      serverId: typeof pairs?.server_id === 'string' ? pairs.server_id : null,
      kind: message.kind,
      message: shortText(entry.message + pairText(pairs), 8192),
    })
  }

  enabled(level: LevelWord, module: string): boolean {
    return level === 'PANIC' || this.gates.gate(module)[level.toLowerCase() as LogLevel]
  }

  /** What a module may say now: asked once, and looked at before a message is built. */
  gate(module: string): LogGate {
    return this.gates.gate(module)
  }

  /** One line a request, whatever the general level; only a level for `only1mcp::access` itself turns it off. */
  access(entry: AccessLogEntry): void {
    const level = explicitLevel(this.gates.filter, 'only1mcp::access')
    if (level !== undefined && !passes(level, 'info')) return
    this.#access.write(formatAccessLine(entry, this.#options.format))
  }

  /** What an operator did through the control socket. */
  audit(action: string, pairs: LogPairs): void {
    const at = this.#options.events.now()
    this.#audit.write(
      formatErrorLine(
        {at, level: 'INFO', module: 'only1mcp::audit', requestId: null, kind: 'Action', message: action, pairs},
        this.#options.format,
      ),
    )
  }

  /** A crash: the level `PANIC`, then the frames, then an empty line; written before it returns. */
  panic(error: unknown): void {
    this.write({
      level: 'PANIC',
      module: 'runtime',
      kind: 'Panic',
      message: 'the runtime crashed',
      pairs: {error: messageOf(error)},
    })
    const frames = error instanceof Error ? (error.stack ?? '').split('\n').slice(1) : []
    this.#error.write(`stack backtrace:\n${frames.map(frame => `${this.#options.redactor.text(frame)}\n`).join('')}\n`)
    this.flush()
  }

  /** Lines lost to a full or slow disk. */
  get lost(): number {
    return this.#files().reduce((sum, file) => sum + file.lost, 0)
  }

  reopen(): void {
    for (const file of this.#files()) file.reopen()
  }

  flush(): void {
    for (const file of this.#files()) file.flushSync()
  }

  close(): void {
    for (const file of this.#files()) file.close()
  }

  #files(): LogFile[] {
    return [this.#access, this.#error, this.#main, this.#audit]
  }

  #open(name: string): LogFile {
    return new LogFile(join(this.#options.folder, name), (path, problem) => this.#failing(path, problem), {
      rotation: this.#options.rotation,
      onRotationFault: (path, problem) =>
        this.write({
          level: 'WARN',
          module: 'logs',
          kind: 'RotationFailed',
          message: 'a log cannot be rotated or compressed, and is written on',
          pairs: {file: path, error: problem},
        }),
      onRecovered: (path, lost) =>
        this.write({
          level: 'WARN',
          module: 'logs',
          kind: 'LogLinesLost',
          message: 'a log could not be written and can be again',
          pairs: {file: path, lines_lost: lost},
        }),
    })
  }

  /** Told where it can still be seen: on stderr, and to consoles that are attached. */
  #failing(path: string, problem: string): void {
    process.stderr.write(`only1mcp: cannot write ${path}: ${problem}; its lines are lost until that is mended\n`)
    this.#options.events.emit({
      type: 'log',
      level: 'ERROR',
      module: 'only1mcp::logs',
      requestId: null,
      serverId: null,
      kind: 'LogUnwritable',
      message: shortText(`cannot write ${path}: ${problem}`, 1024),
    })
  }
}

function isGrave(level: LevelWord): boolean {
  return level === 'WARN' || level === 'ERROR' || level === 'PANIC'
}

function redactPairs(redactor: Redactor, pairs: LogPairs): LogPairs {
  const clean: Record<string, LogPairs[string]> = {}
  for (const key in pairs) {
    const value = pairs[key]
    clean[key] = typeof value === 'string' ? redactor.text(value) : value
  }
  return clean
}

function pairText(pairs: LogPairs | undefined): string {
  let text = ''
  for (const key in pairs) {
    const value = pairs[key]
    if (value !== undefined && key !== 'server_id') text += ` ${key}=${logValue(value)}`
  }
  return text
}
