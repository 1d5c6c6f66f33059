import type {Collector} from '../live-facts.ts'

/** Memory of the machine, by systeminformation, which reads /proc/meminfo for it. */
export const hostMemory: Collector<'host.memory'> = {
  kind: 'host.memory',
  timeoutMs: 3000,
  async collect() {
    const {mem} = await import('systeminformation')
    const {total, available, swaptotal, swapfree} = await mem()
    if (!(total > 0)) return {state: 'absent', why: 'the system tells nothing of its memory'}
    return {
      state: 'known',
      value: {totalBytes: total, availableBytes: available, swapTotalBytes: swaptotal, swapFreeBytes: swapfree},
    }
  },
}
