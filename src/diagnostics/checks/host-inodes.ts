import {type Check, fail, info, notSeen, pass} from '../check.ts'
import {aboutOf} from '../fact.ts'

const least = 0.01

/** The file system of the state folder can make files (`df -i`). */
export const hostInodes: Check<['host.disk']> = {
  id: 'host.inodes',
  category: 'host',
  severity: 'fail',
  title: 'the file system of the state folder has inodes left',
  docs: 'no-inodes-are-left',
  after: [],
  needs: ({stateDir}) => [`host.disk:${stateDir ?? ''}`],
  run([disk]) {
    const subject = aboutOf(disk.key)
    if (disk.state !== 'known') return [notSeen(disk, subject)]
    const {freeInodes, totalInodes, folder} = disk.value
    if (totalInodes === 0) return [info(subject, 'this file system makes inodes as it needs them')]
    if (freeInodes / totalInodes >= least) return [pass(subject, `${freeInodes} of ${totalInodes} inodes are free`)]
    return [
      fail(subject, `no inodes are left for ${subject}: ${freeInodes} of ${totalInodes} are free`, {
        evidence: ['no file can be made although there may be room'],
        remedy: `df -i ${folder}, then look for folders with very many small files`,
      }),
    ]
  },
}
