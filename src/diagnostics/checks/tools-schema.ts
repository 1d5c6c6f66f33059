import {type Check, pass, skip, warn} from '../check.ts'
import {probed, probesOf} from './probed.ts'
import {shortList} from './short-list.ts'

/** Names and schemas of tools are such that clients take them. */
export const toolsSchema: Check<readonly 'backend.probe'[]> = {
  id: 'tools.schema',
  category: 'servers',
  severity: 'warn',
  title: 'the schema of every tool is valid',
  docs: 'a-tool-that-clients-may-refuse',
  after: ['servers.handshake'],
  needs: probesOf,
  run(facts) {
    const asked = probed(facts).filter(({probe}) => probe.ok)
    if (asked.length === 0) return [skip('', 'no server was asked for its tools')]
    const bad = asked.map(({id, probe}) => ({id, tools: probe.tools.filter(({fault}) => fault !== null)}))
    const faulty = bad.filter(({tools}) => tools.length > 0)
    const all = asked.reduce((sum, {probe}) => sum + probe.tools.length, 0)
    if (faulty.length === 0) return [pass('', `the schemas of ${all} tools are valid`)]
    return shortList(
      faulty.map(({id, tools}) =>
        warn(id, `${id}: a tool that clients may refuse: ${tools[0]?.name || '(without a name)'}: ${tools[0]?.fault}`, {
          evidence: tools.slice(1, 6).map(({name, fault}) => `${name}: ${fault}`),
          remedy: `tell the maker of ${id}; servers[].tools.deny leaves the tool out until then`,
        }),
      ),
    )
  },
}
