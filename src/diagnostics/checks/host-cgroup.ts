import {formatBytes} from '../../shared/bytes.ts'
import {type Check, fail, notSeen, pass, warn} from '../check.ts'

const warnShare = 0.85
const failShare = 0.95

/** The runtime stays away from the limits of its control group (systemd, Docker, Kubernetes). */
export const hostCgroup: Check<['host.cgroup']> = {
  id: 'host.cgroup',
  category: 'host',
  severity: 'fail',
  title: 'the control group leaves the runtime room',
  docs: 'the-limit-of-the-control-group-is-near',
  after: [],
  needs: ({pid}) => [`host.cgroup:${pid ?? ''}`],
  run([cgroup]) {
    if (cgroup.state !== 'known') return [notSeen(cgroup, '')]
    const {path, version, memoryLimitBytes, memoryUsedBytes, pidsLimit, pidsUsed} = cgroup.value
    const memory = share(memoryUsedBytes, memoryLimitBytes)
    const pids = share(pidsUsed, pidsLimit)
    const texts = [
      memoryLimitBytes === null || memoryUsedBytes === null
        ? 'memory: no limit'
        : `memory: ${formatBytes(memoryUsedBytes)} of ${formatBytes(memoryLimitBytes)}`,
      pidsLimit === null ? 'processes: no limit' : `processes: ${pidsUsed} of ${pidsLimit}`,
    ]
    const worst = Math.max(memory, pids)
    if (worst < warnShare) return [pass(path, texts.join(', '))]
    const say = worst >= failShare ? fail : warn
    return [
      say(path, `the limit of the control group is near: ${memory >= pids ? texts[0] : texts[1]}`, {
        evidence: [...texts, `control group ${path} (v${version})`],
        remedy:
          memory >= pids
            ? 'raise MemoryMax= of the unit (docker run --memory), or find out what takes it: only1mcp doctor process.memory'
            : 'raise TasksMax= of the unit (docker run --pids-limit)',
      }),
    ]
  },
}

function share(used: number | null, limit: number | null): number {
  return used === null || limit === null || limit === 0 ? 0 : used / limit
}
