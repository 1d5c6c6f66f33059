import {formatBytes} from '../../shared/bytes.ts'
import {type Check, pass, warn} from '../check.ts'
import type {Fact} from '../fact.ts'
import {listed, noTools, toolsOf} from './listed.ts'

/** A rule of thumb for JSON: four bytes are one token. */
export const bytesPerToken = 4
const warnTokens = 25_000

/** The tools of all servers together leave a model room to think: each client reads them all. */
export const toolsContext: Check<readonly 'backend.tools'[]> = {
  id: 'tools.context',
  category: 'servers',
  severity: 'warn',
  title: 'the descriptions of all tools fit into a context',
  docs: 'tools-cost-much-context',
  after: ['servers.handshake'],
  needs: toolsOf,
  run(facts) {
    const costs = costsOf(facts)
    if (costs.length === 0) return [noTools()]
    const total = costs.reduce((sum, {tokens}) => sum + tokens, 0)
    const evidence = costs
      .slice(0, 10)
      .map(({id, tokens, tools, bytes}) => `${id}: about ${tokens} tokens (${tools} tools, ${formatBytes(bytes)})`)
    if (total < warnTokens) return [pass('', `all tools cost about ${total} tokens of context`, {evidence})]
    return [
      warn(costs[0]?.id ?? '', `tools cost much context: about ${total} tokens before the first question`, {
        evidence,
        remedy: `servers[].tools.allow offers only those that are needed; begin with ${costs[0]?.id}`,
      }),
    ]
  },
}

/** The dearest server first. What replicas offer together counts once. */
function costsOf(facts: readonly Fact<'backend.tools'>[]) {
  const seen = new Set<string>()
  return listed(facts)
    .map(({id, from, tools}) => {
      const own = tools.filter(({exposed, hidden}) => {
        if (hidden !== null) return false
        const again = exposed !== null && from === 'runtime' && seen.has(exposed)
        if (exposed !== null) seen.add(exposed)
        return !again
      })
      const bytes = own.reduce((sum, tool) => sum + tool.bytes, 0)
      return {id, tokens: Math.ceil(bytes / bytesPerToken), tools: own.length, bytes}
    })
    .sort((a, b) => b.tokens - a.tokens)
}
