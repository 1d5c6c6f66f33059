import type {RuntimeRecord} from '../control/runtime-file.ts'
import {socketSource} from '../control/socket-source.ts'
import type {DoctorRow, LogRecord, Source} from '../control/source.ts'

/** A runtime of this machine as the console's source: its socket, its log files, and the doctor of this machine. */
export function consoleSource(record: RuntimeRecord, allowActions: boolean): Source {
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
          message: line.message,
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
