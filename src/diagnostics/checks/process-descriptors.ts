import {type Check, fail, notSeen, pass, skip, warn} from '../check.ts'

const warnShare = 0.75
const failShare = 0.92

/** The runtime may open more files and connections (the guide's `ulimit -n`). */
export const processDescriptors: Check<['process.details']> = {
  id: 'process.descriptors',
  category: 'process',
  severity: 'fail',
  title: 'the runtime has file descriptors left',
  docs: 'file-descriptors-are-running-out',
  after: [],
  needs: ({pid}) => [`process.details:${pid ?? ''}`],
  run([details]) {
    if (details.state !== 'known') return [notSeen(details, '')]
    const {pid, descriptors, descriptorLimit} = details.value
    const subject = String(pid)
    if (descriptors === null || descriptorLimit === null)
      return [skip(subject, 'descriptors of the runtime are not for this user to count', {remedy: 'run this as root'})]
    const text = `${descriptors} of ${descriptorLimit}`
    const share = descriptors / descriptorLimit
    if (share < warnShare) return [pass(subject, `file descriptors in use: ${text}`)]
    return [
      (share >= failShare ? fail : warn)(subject, `file descriptors are running out: ${text} are in use`, {
        evidence: ['without one, no connection is accepted and no server is started (EMFILE)'],
        remedy: `ls -l /proc/${pid}/fd | awk '{print $NF}' | sort | uniq -c | sort -rn | head; raise LimitNOFILE= or ulimit -n`,
      }),
    ]
  },
}
