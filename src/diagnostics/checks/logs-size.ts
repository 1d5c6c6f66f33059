import {formatBytes} from '../../shared/bytes.ts'
import {type Check, notSeen, pass, warn} from '../check.ts'

const mostBytes = 5 * 1024 ** 3
const mostOneFile = 1024 ** 3

/** Logs are rotated and do not fill the disk. */
export const logsSize: Check<['logs.sizes', 'host.disk']> = {
  id: 'logs.size',
  category: 'logs',
  severity: 'warn',
  title: 'the logs are rotated and leave room',
  docs: 'the-logs-grow-large',
  after: ['host.disk'],
  needs: ({logDir}) => [`logs.sizes:${logDir ?? ''}`, `host.disk:${logDir ?? ''}`],
  run([sizes, disk], {logDir, outline}) {
    const folder = logDir ?? ''
    if (sizes.state === 'absent') return [pass(folder, 'there are no logs yet')]
    if (sizes.state !== 'known') return [notSeen(sizes, folder)]
    const {totalBytes, largest} = sizes.value
    const free = disk.state === 'known' ? disk.value.freeBytes : null
    const text = `${formatBytes(totalBytes)}${largest === null ? '' : `, the largest ${largest.name} with ${formatBytes(largest.bytes)}`}`
    const large = totalBytes > mostBytes || (largest?.bytes ?? 0) > mostOneFile
    if (!large && (free === null || totalBytes < free * 4 || free > mostOneFile)) return [pass(folder, `logs: ${text}`)]
    return [
      warn(folder, `the logs grow large: ${text}`, {
        evidence: [
          ...(free === null ? [] : [`free on their disk: ${formatBytes(free)}`]),
          ...(outline?.logRotation === false ? ['observability.logging.rotation.enabled is false'] : []),
        ],
        causes: [{id: 'host.disk'}],
        remedy: 'a smaller observability.logging.rotation.max_size or keep; or logrotate, which has to send USR2',
      }),
    ]
  },
}
