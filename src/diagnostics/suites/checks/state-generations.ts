import {join} from 'node:path'
import {type Check, fail, info, notSeen, pass} from '../../check.ts'
import {shortList} from '../../checks/short-list.ts'

/** Each configuration that was kept is the one that its record names, so that it can be gone back to. */
export const stateGenerations: Check<['state.generations']> = {
  id: 'state.generations',
  category: 'stores',
  severity: 'fail',
  title: 'every kept configuration is whole',
  docs: 'a-kept-configuration-is-damaged',
  after: ['host.disk'],
  needs: ({stateDir}) => [`state.generations:${stateDir ?? ''}`],
  run([kept], {stateDir}) {
    if (kept.state === 'absent') return [info(stateDir ?? '', 'no configuration was kept yet')]
    if (kept.state !== 'known') return [notSeen(kept, stateDir ?? '')]
    const {folder, whole, broken} = kept.value
    if (broken.length > 0)
      return shortList(
        broken.map(({name, fault}) =>
          fail(join(folder, name), `a kept configuration is damaged: ${name}: ${fault}`, {
            evidence: ['config rollback passes over it'],
            causes: [{id: 'host.disk'}],
            remedy: `mv '${join(folder, name)}' elsewhere; only1mcp config history shows which are good`,
          }),
        ),
      )
    if (whole === 0) return [info(folder, 'no configuration was kept yet')]
    return [pass(folder, `${whole} kept ${whole === 1 ? 'configuration is' : 'configurations are'} whole`)]
  },
}
