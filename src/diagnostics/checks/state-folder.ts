import {type Check, fail, info, notSeen, pass} from '../check.ts'

/** The state folder is the runtime's own: its socket may stop the runtime, its session key signs sessions. */
export const stateFolder: Check<['state.folder']> = {
  id: 'state.folder',
  category: 'config',
  severity: 'fail',
  title: 'the state folder is for its owner alone',
  docs: 'the-state-folder-is-open-to-others',
  after: ['state.usable'],
  needs: ({stateDir}) => [`state.folder:${stateDir ?? ''}`],
  run([folder], {stateDir}) {
    if (folder.state === 'absent') return [info(stateDir ?? '', `${folder.why}: the first start makes it`)]
    if (folder.state !== 'known') return [notSeen(folder, stateDir ?? '', {causes: [{id: 'state.usable'}]})]
    const {path, mode, owner, ownedByUs} = folder.value
    const shown = (mode & 0o777).toString(8).padStart(4, '0')
    if ((mode & 0o077) === 0) return [pass(path, `the state folder ${path} is for ${owner} alone`)]
    return [
      fail(path, `the state folder is open to others: ${path} has mode ${shown}`, {
        evidence: ['in it lie the control socket, the session key and the request log'],
        remedy: `chmod 700 ${path}`,
        fix: ownedByUs ? {kind: 'mode', path, mode: 0o700} : undefined,
      }),
    ]
  },
}
