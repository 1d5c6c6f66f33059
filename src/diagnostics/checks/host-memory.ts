import {formatBytes} from '../../shared/bytes.ts'
import {type Check, fail, notSeen, pass, warn} from '../check.ts'

const failShare = 0.03
const warnShare = 0.08

/** The machine has memory left (the guide's `free -h`). */
export const hostMemory: Check<['host.memory']> = {
  id: 'host.memory',
  category: 'host',
  severity: 'fail',
  title: 'the machine has memory left',
  docs: 'hardly-any-memory-is-left',
  after: [],
  needs: () => ['host.memory'],
  run([memory]) {
    if (memory.state !== 'known') return [notSeen(memory, '')]
    const {totalBytes, availableBytes, swapTotalBytes, swapFreeBytes} = memory.value
    const share = availableBytes / totalBytes
    const text = `${formatBytes(availableBytes)} of ${formatBytes(totalBytes)}`
    if (share >= warnShare) return [pass('', `memory available: ${text}`)]
    const say = share < failShare ? fail : warn
    return [
      say('', `hardly any memory is left: ${text}`, {
        evidence: [
          swapTotalBytes === 0
            ? 'no swap: the kernel kills a process next'
            : `swap free: ${formatBytes(swapFreeBytes)} of ${formatBytes(swapTotalBytes)}`,
        ],
        remedy: 'find out who takes it: ps -eo pid,user,rss,args --sort=-rss | head',
      }),
    ]
  },
}
