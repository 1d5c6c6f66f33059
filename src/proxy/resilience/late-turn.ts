import {CallFailure} from '../../mcp/call-failure.ts'

/** Below this share of its time a server was not asked what it can do: the queue in front of it took the rest, and that is ours. */
const fairShare = 0.5

/** Whether the server had so little of the time of a call that its silence says nothing about it. */
export function hadNoChance(givenMs: number, wholeMs: number): boolean {
  return givenMs < wholeMs * fairShare
}

/** A timeout of a call that had waited for its turn: told with the whole of its time, and where that went. */
export function afterQueue(error: unknown, method: string, givenMs: number, wholeMs: number): unknown {
  if (!(error instanceof CallFailure) || error.kind !== 'BackendTimeout') return error
  const [given, whole] = [Math.round(givenMs), Math.round(wholeMs)]
  return new CallFailure(
    `no answer to ${method} within ${whole} ms, of which it waited ${whole - given} ms for its turn`,
    {
      kind: error.kind,
      blame: hadNoChance(givenMs, wholeMs) ? 'proxy' : error.blame,
      code: error.code,
      delivered: error.delivered,
      evidence: `${given} ms of ${whole} ms were left when it was sent`,
    },
  )
}
