import type {Backend} from '../backend.ts'
import type {MethodCall} from '../method-call.ts'
import {isFallback, type Target} from '../server-group.ts'
import type {Session} from '../session.ts'
import {boundTarget} from './bound-state.ts'

export interface Choice {
  readonly target: Target
  /** Too few members are left to trust what is known of the others: their breakers are not asked. */
  readonly panic: boolean
}

/** With which member of each group, by its id, a session began. */
const homes = new WeakMap<Session, Map<string, Backend>>()

/**
 * The member that a call goes to: the one it is bound to by an earlier round or by its session, else what the balancer
 * takes of the primaries that are well, else of the fallbacks, else one that is about to come up. With fewer than half of
 * the primaries well, all that can be reached take part: the few would only follow the others (Envoy's panic threshold).
 * @param tried members that have failed this call already
 * @returns undefined when there is none left to try
 */
export function choose(call: MethodCall, targets: readonly Target[], tried: readonly Backend[]): Choice | undefined {
  const first = targets[0]
  if (targets.length === 1 && first !== undefined) return tried.length === 0 ? {target: first, panic: false} : undefined
  const bound = boundTarget(call, targets)
  if (bound !== undefined) return tried.length === 0 ? {target: bound, panic: false} : undefined
  const left = tried.length === 0 ? targets : targets.filter(({backend}) => !tried.includes(backend))
  const home = homeOf(call, left)
  if (home !== undefined) return {target: home, panic: false}
  const choice =
    fromTier(call, targets, left, false) ??
    fromTier(call, targets, left, true) ??
    some(left.find(({backend}) => backend.settlesSoon)) ??
    (tried.length === 0 ? some(first) : undefined)
  if (choice !== undefined && !choice.panic) settle(call, choice.target)
  return choice
}

function some(target: Target | undefined): Choice | undefined {
  return target && {target, panic: false}
}

function fromTier(
  call: MethodCall,
  targets: readonly Target[],
  left: readonly Target[],
  fallback: boolean,
): Choice | undefined {
  const all = targets.filter(({backend}) => isFallback(backend) === fallback)
  const well = all.filter(({backend}) => backend.ready)
  const panic = well.length > 0 && well.length * 2 < all.length
  const candidates = (panic ? all.filter(({backend}) => backend.link !== undefined) : well).filter(target =>
    left.includes(target),
  )
  const target = pick(call, candidates)
  return target && {target, panic}
}

function pick({session, context}: MethodCall, candidates: readonly Target[]): Target | undefined {
  const first = candidates[0]
  if (candidates.length <= 1 || first === undefined) return first
  // Fallbacks of several groups are taken in the order of the file.
  const own = candidates.filter(({group}) => group.id === first.group.id)
  const backend = first.group.balancer.pick(
    own.map(target => target.backend),
    session?.id ?? context.principal,
  )
  return own.find(target => target.backend === backend)
}

/** A legacy server may keep something for the session that spoke with it: the session goes on there while it is well. */
function homeOf({session, services}: MethodCall, left: readonly Target[]): Target | undefined {
  if (session === null || !services.sessionAffinity) return undefined
  const known = homes.get(session)
  return known && left.find(({group, backend}) => known.get(group.id) === backend && backend.ready)
}

function settle({session, services}: MethodCall, {group, backend}: Target): void {
  if (session === null || !services.sessionAffinity || backend.info?.era !== 'legacy') return
  // A stand-in for somebody else's tool keeps nobody from going back.
  if (isFallback(backend)) return
  const known = homes.get(session) ?? new Map<string, Backend>()
  known.set(group.id, backend)
  homes.set(session, known)
}
