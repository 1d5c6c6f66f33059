import {CallFailure} from '../mcp/call-failure.ts'
import type {BackendAnswer, BackendCall} from '../mcp/connection.ts'
import type {Backend} from './backend.ts'
import {goesOn} from './balance/bound-state.ts'
import {type Choice, choose} from './balance/choose.ts'
import type {Lease} from './client-scope.ts'
import {errorForClient, resultForClient, withoutEnvelope} from './era-bridge.ts'
import {exposeErrorUri, exposeUris} from './expose-uris.ts'
import type {MethodAnswer, MethodCall} from './method-call.ts'
import {callInRounds, passModern} from './modern-backend.ts'
import type {Outgoing} from './outgoing.ts'
import {callParked, isInteractiveModern} from './park.ts'
import {notifier} from './progress.ts'
import {pause} from './resilience/pause.ts'
import {asAnswered, delayBefore, repeatable, retryOf} from './resilience/retry-policy.ts'
import type {Target} from './server-group.ts'
import {hearFromLevel} from './tell-log-level.ts'

/** What is to be sent to a target, in the names of its server. */
export type OutgoingFor = (target: Target) => Outgoing

/**
 * Sends a client's request to one of the servers that have what it names, and brings the answer back, across the eras of
 * both. What the server says on the way (progress, log messages) goes to the client's stream. What fails is sent once more
 * where that can do no harm, elsewhere or after a pause, within the deadline of the call.
 */
export async function forward(
  call: MethodCall,
  targets: readonly Target[],
  outgoingFor: OutgoingFor,
): Promise<MethodAnswer> {
  const {context, record, services} = call
  const first = choose(call, targets, none)
  if (first === undefined) throw new RangeError('a call needs somewhere to go')
  const deadline = Math.min(context.deadline, services.now() + first.target.backend.timeoutMs)
  const tried: Backend[] = []
  let choice: Choice = first
  for (;;) {
    const {backend} = choice.target
    record.serverId = backend.id
    backend.retries.earn()
    backend.claims++
    try {
      const outgoing = outgoingFor(choice.target)
      return await attempt(call, choice.panic ? {...outgoing, panic: true} : outgoing, deadline - services.now())
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error
      const next = await another(call, targets, choice, error, tried, deadline)
      if (next === undefined) throw asAnswered(call.method, error)
      choice = next
    } finally {
      backend.claims--
    }
  }
}

const none: readonly Backend[] = []

/** Where and whether a failed call is sent once more; returns when it is time to. */
async function another(
  call: MethodCall,
  targets: readonly Target[],
  failed: Choice,
  error: CallFailure,
  tried: Backend[],
  deadline: number,
): Promise<Choice | undefined> {
  const {context, services} = call
  const {backend, key} = failed.target
  tried.push(backend)
  const retry = retryOf(backend.config)
  // A call that goes on is known to one server, and its pause has ended with it.
  if (tried.length >= retry.max_attempts || context.signal.aborted || goesOn(call)) return undefined
  const repeat = repeatable(call.method, error, backend.config, {name: key, description: () => backend.toolBytes(key)})
  if (repeat === 'never') return undefined
  const elsewhere = choose(call, targets, tried)
  const next = elsewhere ?? (repeat === 'anywhere' ? failed : undefined)
  if (next === undefined) return undefined
  const unwritten = error.delivered === 'no'
  // Another server, or a new session, is no burden to the one that failed.
  const free = unwritten && (elsewhere !== undefined || error.kind === 'SessionLost')
  if (!free && !backend.retries.spend()) return undefined
  const delayMs = free ? 0 : delayBefore(tried.length, retry, Math.random)
  if (services.now() + delayMs >= deadline) return undefined
  if (delayMs > 0 && !(await pause(delayMs, context.signal))) return undefined
  return next
}

function attempt(call: MethodCall, outgoing: Outgoing, timeoutMs: number): Promise<MethodAnswer> {
  const {detail} = call.services
  if (!detail.debugs(call.record)) return forwardOnce(call, outgoing, timeoutMs)
  return detail.around(call, outgoing, () => forwardOnce(call, outgoing, timeoutMs))
}

async function forwardOnce(call: MethodCall, outgoing: Outgoing, restMs: number): Promise<MethodAnswer> {
  const {context, scope, record} = call
  const {backend} = outgoing
  const timeoutMs = Math.max(1, restMs)
  // Nobody waits for a server that is not asked.
  if (outgoing.panic !== true) backend.refuseWhileOpen()
  record.attempts++
  const leased = scope.lease(backend, timeoutMs, context.signal)
  const lease = leased instanceof Promise ? await leased : leased
  const {era} = lease.link.connection.info
  if (era === 'legacy' && context.logLevel !== null) await hearFromLevel(backend, lease.link, context.logLevel)
  // A parked call keeps its connection beyond this request, and gives it back itself.
  if (era === 'legacy' && isInteractiveModern(call)) {
    return finish(call, backend, era, await callParked(call, outgoing, lease, timeoutMs))
  }
  try {
    return finish(call, backend, era, await exchange(call, outgoing, lease, timeoutMs))
  } finally {
    lease.release()
  }
}

function exchange(call: MethodCall, outgoing: Outgoing, lease: Lease, timeoutMs: number): Promise<BackendAnswer> {
  const {connection} = lease.link
  const {context, session, reply} = call
  const {backend, panic} = outgoing
  const request = (params: Buffer | null): BackendCall => ({
    method: call.method,
    params,
    timeoutMs,
    signal: context.signal,
    name: outgoing.name,
    headers: outgoing.headers ?? call.paramHeaders,
    trace: call.record.trace,
    onNotification: notifier(call, outgoing.params),
    onServerRequest:
      session?.profile.interactive === true && connection.info.era === 'legacy'
        ? (method, params, question) => session.ask(method, params, question, reply)
        : undefined,
  })
  if (connection.info.era === 'modern') {
    const send = (params: Buffer): Promise<BackendAnswer> => backend.call(connection, request(params), panic)
    return context.era === 'modern' ? passModern(call, outgoing, send) : callInRounds(call, outgoing, send)
  }
  const params = context.era === 'modern' ? withoutEnvelope(outgoing.params) : outgoing.params
  return backend.call(connection, request(params), panic)
}

function finish(
  {context, method, onResult}: MethodCall,
  backend: Backend,
  era: 'legacy' | 'modern',
  answer: BackendAnswer,
): MethodAnswer {
  if (answer.kind === 'error') {
    const value = exposeErrorUri(errorForClient(answer.value, era, context.era), method, backend.naming)
    return {
      kind: 'error',
      value,
      ...(answer.status !== undefined && context.era === 'modern' && {status: answer.status}),
    }
  }
  onResult?.(backend, era, answer.value)
  return {
    kind: 'result',
    value: exposeUris(resultForClient(answer.value, method, era, context.era), method, backend.naming),
  }
}
