import {formatBytes} from '../../shared/bytes.ts'
import {type Check, type CheckResult, fail, notSeen, pass, warn} from '../check.ts'
import {aboutOf, type Fact} from '../fact.ts'

const failBytes = 64 * 1024 * 1024
const warnBytes = 512 * 1024 * 1024

/** The file systems of state and logs have room (the guide's `df -h`). */
export const hostDisk: Check<['host.disk', 'host.disk']> = {
  id: 'host.disk',
  category: 'host',
  severity: 'fail',
  title: 'the file systems of state and logs have room',
  docs: 'the-disk-is-full',
  after: [],
  needs: ({stateDir, logDir}) => [`host.disk:${stateDir ?? ''}`, `host.disk:${logDir ?? ''}`],
  run([state, logs]) {
    const same = aboutOf(state.key) === aboutOf(logs.key)
    return same ? [roomOf(state)] : [roomOf(state), roomOf(logs)]
  },
}

function roomOf(disk: Fact<'host.disk'>): CheckResult {
  const subject = aboutOf(disk.key)
  if (disk.state !== 'known') return notSeen(disk, subject)
  const {freeBytes, totalBytes, folder} = disk.value
  const text = `${formatBytes(freeBytes)} of ${formatBytes(totalBytes)} free`
  // A small file system (a container's) is judged by its share.
  const [failBelow, warnBelow] = [Math.min(failBytes, totalBytes * 0.02), Math.min(warnBytes, totalBytes * 0.05)]
  if (freeBytes >= warnBelow) return pass(subject, `room for ${subject}: ${text}`)
  const say = freeBytes < failBelow ? fail : warn
  return say(subject, `the disk is ${freeBytes < failBelow ? '' : 'nearly '}full: ${subject} has ${text}`, {
    evidence: ['log lines and rows of the request log are lost without room; requests go on'],
    remedy: `df -h ${folder}, then du -xh ${folder} | sort -h | tail`,
  })
}
