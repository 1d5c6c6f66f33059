import {type Check, notSeen, pass, warn} from '../check.ts'

/** A runtime that is gone has left nothing behind. */
export const stateLeftovers: Check<['state.folder']> = {
  id: 'state.leftovers',
  category: 'config',
  severity: 'warn',
  title: 'no record or socket of a runtime that is gone is left',
  docs: 'left-over-from-a-runtime-that-is-gone',
  after: ['process.running', 'state.usable'],
  needs: ({stateDir}) => [`state.folder:${stateDir ?? ''}`],
  run([folder], {stateDir}) {
    if (folder.state === 'absent') return [pass(stateDir ?? '', 'nothing is left over')]
    if (folder.state !== 'known') return [notSeen(folder, stateDir ?? '', {causes: [{id: 'state.usable'}]})]
    const {path, leftovers} = folder.value
    if (leftovers.length === 0) return [pass(path, `nothing in ${path} is left over`)]
    return leftovers.map(({path: left, kind}) =>
      warn(left, `${left} is left over from a runtime that is gone`, {
        evidence: ['the next start takes it away by itself; until then it misleads other programs'],
        remedy: `only1mcp doctor --fix, or only1mcp start`,
        fix: {kind: 'remove-leftover', path: left, what: kind},
      }),
    )
  },
}
