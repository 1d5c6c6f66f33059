import type {Config} from '../config/schema.ts'
import type {RuntimeRecord} from '../control/runtime-file.ts'
import type {Redactor} from '../redaction/redactor.ts'
import {readProcessStat} from '../shared/proc.ts'
import {controlSocketPath} from './state-folder.ts'

export interface RecordParts {
  readonly instance: string
  readonly startedAt: string
  readonly argv: readonly string[]
  readonly version: string
  readonly config: Config
  readonly configPath: string | null
  readonly stateDir: string
  readonly logDir: string
  readonly redactor: Redactor
}

/** What `runtime.json` says of this process, before ports are known that the system chooses. */
export function runtimeRecord(parts: RecordParts): RuntimeRecord {
  const {server, observability} = parts.config
  const {metrics} = observability
  return {
    schemaVersion: 1,
    instance: parts.instance,
    pid: process.pid,
    startTicks: readProcessStat(process.pid)?.startTicks ?? 0,
    startedAt: parts.startedAt,
    argv: parts.argv.slice(0, 256).map(argument => parts.redactor.text(argument)),
    version: parts.version,
    configPath: parts.configPath,
    statePath: parts.stateDir,
    logPath: parts.logDir,
    host: server.host,
    port: server.port,
    metricsHost: metrics.enabled ? metrics.host : null,
    metricsPort: metrics.enabled ? metrics.port : null,
    socket: controlSocketPath(parts.stateDir),
  }
}
