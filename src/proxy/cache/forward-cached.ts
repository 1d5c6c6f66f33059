import {forward, type OutgoingFor} from '../forward.ts'
import type {MethodAnswer, MethodCall} from '../method-call.ts'
import type {Target} from '../server-group.ts'

/** `forward`, unless the answer is known already or on its way. */
export function forwardCached(
  call: MethodCall,
  targets: readonly Target[],
  outgoingFor: OutgoingFor,
): MethodAnswer | Promise<MethodAnswer> {
  const {cache} = call.services
  if (cache === undefined) return forward(call, targets, outgoingFor)
  return cache.answer(call, targets, each => forward(each, targets, outgoingFor))
}
