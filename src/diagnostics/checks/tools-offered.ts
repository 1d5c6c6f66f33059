import {type Check, pass, warn} from '../check.ts'
import type {OfferedTool} from '../facts/backends.ts'
import {listed, noTools, toolsOf} from './listed.ts'
import {shortList} from './short-list.ts'

/** The longest name that the APIs of common model providers take; the protocol allows 128. */
const longestCommon = 64

/** Every tool has a name, prefix included, that clients take; one that cannot have any is left out. */
export const toolsOffered: Check<readonly 'backend.tools'[]> = {
  id: 'tools.offered',
  category: 'servers',
  severity: 'warn',
  title: 'every tool is offered under a name that clients take',
  docs: 'a-tool-is-left-out',
  after: ['servers.handshake', 'tools.clashes'],
  needs: toolsOf,
  run(facts) {
    const servers = listed(facts)
    if (servers.length === 0) return [noTools()]
    const bad = servers.flatMap(({id, tools}) => {
      const out = tools.filter(({hidden, takenBy}) => hidden === 'name' && takenBy === null)
      const long = tools.filter(({exposed}) => (exposed?.length ?? 0) > longestCommon)
      return [...(out.length > 0 ? [leftOut(id, out)] : []), ...(long.length > 0 ? [tooLong(id, long)] : [])]
    })
    if (bad.length > 0) return shortList(bad)
    const all = servers.reduce((sum, {tools}) => sum + tools.filter(({exposed}) => exposed !== null).length, 0)
    return [pass('', `${all} tools have names that clients take`)]
  },
}

function leftOut(id: string, tools: readonly OfferedTool[]) {
  const [first] = tools
  const name = first?.wanted ?? first?.name ?? ''
  return warn(id, `${id}: a tool is left out, its name cannot be had: ${name.slice(0, 140)}`, {
    evidence: [
      name.length > 128
        ? `${name.length} characters with the prefix, 128 are allowed`
        : 'letters, digits, _ - . / only',
      ...(tools.length > 1 ? [`${tools.length - 1} more: ${namesOf(tools.slice(1))}`] : []),
    ],
    remedy: `servers[].tools.rename gives it a name; a shorter prefix helps too`,
  })
}

function tooLong(id: string, tools: readonly OfferedTool[]) {
  const [first] = tools
  const length = first?.exposed?.length ?? 0
  return warn(
    id,
    `${id}: the name of a tool has ${length} characters; many clients take ${longestCommon}: ${first?.exposed}`,
    {
      evidence: tools.length > 1 ? [`${tools.length - 1} more: ${namesOf(tools.slice(1))}`] : [],
      remedy: `give ${id} a shorter prefix (servers[].prefix), or servers[].tools.rename`,
    },
  )
}

function namesOf(tools: readonly OfferedTool[]): string {
  return tools
    .slice(0, 5)
    .map(({name}) => name)
    .join(', ')
}
