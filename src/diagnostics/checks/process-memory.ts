import {formatBytes} from '../../shared/bytes.ts'
import {type Check, fail, notSeen, pass, warn} from '../check.ts'

const warnBytes = 1024 ** 3
const failBytes = 3 * 1024 ** 3

/** The runtime keeps its size (the guide's "High memory usage"). */
export const processMemory: Check<['process.details', 'control.snapshot']> = {
  id: 'process.memory',
  category: 'process',
  severity: 'fail',
  title: 'the runtime takes no more memory than it should',
  docs: 'the-runtime-takes-much-memory',
  after: ['process.running'],
  needs: ({pid, socket}) => [`process.details:${pid ?? ''}`, `control.snapshot:${socket ?? ''}`],
  run([details, control]) {
    if (details.state !== 'known') return [notSeen(details, '', {causes: [{id: 'process.running'}]})]
    const {pid, rssBytes, peakRssBytes, swapBytes, threads} = details.value
    const text = `${formatBytes(rssBytes)} resident`
    if (rssBytes < warnBytes)
      return [pass(String(pid), `the runtime takes ${text}, at most ${formatBytes(peakRssBytes)}`)]
    const snapshot = control.state === 'known' ? control.value.snapshot : null
    const say = rssBytes >= failBytes ? fail : warn
    return [
      say(String(pid), `the runtime takes much memory: ${text}`, {
        evidence: [
          `at most ${formatBytes(peakRssBytes)}, swapped out ${formatBytes(swapBytes)}, ${threads} threads`,
          ...(snapshot === null
            ? []
            : [
                `heap ${formatBytes(snapshot.process.heapUsedBytes)}, ${snapshot.sessions} sessions, ${snapshot.requests.inFlight} in flight`,
              ]),
        ],
        remedy: 'only1mcp profile heap --output heap.pb.gz twice, some minutes apart, shows what grows',
      }),
    ]
  },
}
