import type {RuntimeRecord} from '../control/runtime-file.ts'
import {socketSource} from '../control/socket-source.ts'
import type {DoctorRow, LogRecord, Source} from '../control/source.ts'
import {logValue} from '../shared/log-line.ts'

/** Where a runtime is talked to, and where it logs. */
export type ConsoleTarget = Pick<RuntimeRecord, 'socket' | 'host' | 'port' | 'logPath'>

/** A runtime of this machine as the console's source: its socket, its log files, and the doctor of this machine. */
export function consoleSource(record: ConsoleTarget, allowActions: boolean): Source {
  return socketSource({
    socketPath: record.socket,
    label: `${record.host}:${record.port}`,
    allowActions,
    logs: async ({limit, contains}) => {
      const {newestLines} = await import('../logs/newest-lines.ts')
      const lines = newestLines(record.logPath, {limit, ...(contains !== undefined && {contains})})
      return lines.map(
        (line): LogRecord => ({
          at: line.at,
          level: line.level,
          module: line.module,
          requestId: line.requestId,
          serverId: line.pairs.server_id ?? null,
          message: [line.kind, line.message, ...pairTexts(line.pairs)].join(' '),
        }),
      )
    },
    doctor: async (ids, signal): Promise<readonly DoctorRow[]> => {
      const {runDoctor} = await import('../diagnostics/doctor.ts')
      const {doctorRows} = await import('../diagnostics/report.ts')
      return doctorRows(await runDoctor({ids, env: process.env, cwd: process.cwd(), signal}))
    },
  })
}

/** As they stand in the line. */
function pairTexts(pairs: Readonly<Record<string, string>>): string[] {
  return Object.entries(pairs).map(([key, value]) => `${key}=${logValue(value)}`)
}
