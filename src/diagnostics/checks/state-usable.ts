import {type Check, fail, notSeen, pass, skip} from '../check.ts'

/** The runtime can keep its record, its socket and its databases somewhere. */
export const stateUsable: Check<['state.usable']> = {
  id: 'state.usable',
  category: 'config',
  severity: 'fail',
  title: 'the state folder can be used',
  docs: 'the-state-folder-cannot-be-used',
  after: [],
  needs: ({stateDir}) => [`state.usable:${stateDir ?? ''}`],
  run([usable], {stateDir}) {
    const path = stateDir ?? ''
    if (usable.state === 'absent') return [skip(path, usable.why)]
    if (usable.state !== 'known') return [notSeen(usable, path)]
    const {fault, remedy} = usable.value
    if (fault === null) return [pass(path, `the state folder ${path} can be used`)]
    return [
      fail(path, `the state folder cannot be used: ${fault}`, {
        evidence: ['without it nothing starts; a running one loses its record and its databases'],
        remedy: `${remedy}; or name another folder with paths.state or ONLY1MCP_STATE_DIR`,
      }),
    ]
  },
}
