import {type Check, fail, info, notSeen, pass, skip} from '../check.ts'
import {isHidden, mainSighting} from '../sighting.ts'

/** The runtime can write its logs. */
export const logsWritable: Check<['logs.sizes', 'process.details', 'runtime.record']> = {
  id: 'logs.writable',
  category: 'logs',
  severity: 'fail',
  title: 'the log folder can be written',
  docs: 'the-log-folder-cannot-be-written',
  after: ['process.running'],
  needs: ({logDir, pid}) => [`logs.sizes:${logDir ?? ''}`, `process.details:${pid ?? ''}`, 'runtime.record'],
  run([sizes, details, runtime], {logDir, pid}) {
    const folder = logDir ?? ''
    if (sizes.state === 'absent' && pid === null) return [info(folder, `${sizes.why}: the first start makes it`)]
    if (sizes.state === 'absent') {
      return [
        fail(folder, `the log folder cannot be written: ${sizes.why}`, {
          evidence: ['a runtime is running and its lines go nowhere'],
          remedy: `mkdir -p ${folder}; the runtime writes there within seconds`,
          fix: {kind: 'make-folder', path: folder},
        }),
      ]
    }
    if (sizes.state !== 'known') return [notSeen(sizes, folder)]
    const {writable, owner, mode} = sizes.value
    const runsAs = details.state === 'known' ? details.value.user : null
    const ownerOnly = (mode & 0o022) === 0
    if (runsAs !== null && runsAs !== 'root' && runsAs !== owner && ownerOnly) {
      return [
        fail(
          folder,
          `the log folder cannot be written by the runtime: ${folder} belongs to ${owner}, it runs as ${runsAs}`,
          {
            evidence: ['its lines go nowhere from the next rotation on, or already do'],
            remedy: `chown ${runsAs} ${folder}, or name another folder with paths.logs`,
          },
        ),
      ]
    }
    if (writable) return [pass(folder, `${folder} can be written`)]
    const user = runsAs
    if (user === owner) return [pass(folder, `${folder} belongs to ${owner}, as whom the runtime runs`)]
    if (user !== null) return [skip(folder, `${folder} belongs to ${owner}, the runtime runs as ${user}`)]
    if (runtime.state === 'known' && isHidden(mainSighting(runtime.value)))
      return [skip(folder, `${folder} belongs to ${owner}; as whom a runtime runs is not for this user to see`)]
    return [
      fail(folder, `the log folder cannot be written by this user: ${folder} belongs to ${owner}`, {
        remedy: `start the runtime as ${owner}, or name another folder with paths.logs`,
      }),
    ]
  },
}
