import {formatBytes} from '../../shared/bytes.ts'
import {type Check, pass, skip, warn} from '../check.ts'
import {probed, probesOf} from './probed.ts'

/** A rule of thumb for JSON: four bytes are one token. */
const bytesPerToken = 4
const warnTokens = 25_000

/** The tools of all servers together leave a model room to think: each client reads them all. */
export const toolsContext: Check<readonly 'backend.probe'[]> = {
  id: 'tools.context',
  category: 'servers',
  severity: 'warn',
  title: 'the descriptions of all tools fit into a context',
  docs: 'tools-cost-much-context',
  after: ['servers.handshake'],
  needs: probesOf,
  run(facts) {
    const asked = probed(facts).filter(({probe}) => probe.ok)
    if (asked.length === 0) return [skip('', 'no server was asked for its tools')]
    const costs = asked
      .map(({id, probe}) => ({id, tokens: Math.ceil(probe.toolBytes / bytesPerToken), probe}))
      .sort((a, b) => b.tokens - a.tokens)
    const total = costs.reduce((sum, {tokens}) => sum + tokens, 0)
    const evidence = costs
      .slice(0, 10)
      .map(
        ({id, tokens, probe}) =>
          `${id}: about ${tokens} tokens (${probe.tools.length} tools, ${formatBytes(probe.toolBytes)})`,
      )
    if (total < warnTokens) return [pass('', `all tools cost about ${total} tokens of context`, {evidence})]
    return [
      warn(costs[0]?.id ?? '', `tools cost much context: about ${total} tokens before the first question`, {
        evidence,
        remedy: `servers[].tools.allow offers only those that are needed; begin with ${costs[0]?.id}`,
      }),
    ]
  },
}
