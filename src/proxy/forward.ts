import {CallFailure} from '../mcp/call-failure.ts'
import type {BackendAnswer, BackendCall} from '../mcp/connection.ts'
import type {Backend} from './backend.ts'
import type {Lease} from './client-scope.ts'
import {errorForClient, resultForClient, withoutEnvelope} from './era-bridge.ts'
import {exposeUris} from './expose-uris.ts'
import type {MethodAnswer, MethodCall} from './method-call.ts'
import {callInRounds, passModern} from './modern-backend.ts'
import type {Outgoing} from './outgoing.ts'
import {callParked, isInteractiveModern} from './park.ts'
import {notifier} from './progress.ts'

/**
 * Sends a client's request to one backend and brings its answer back, across the eras of both. What the backend says on
 * the way (progress, log messages) goes to the client's stream.
 */
export function forward(call: MethodCall, outgoing: Outgoing): Promise<MethodAnswer> {
  const {detail} = call.services
  if (!detail.debugs(call.record)) return send(call, outgoing)
  return detail.around(call, outgoing, () => send(call, outgoing))
}

async function send(call: MethodCall, outgoing: Outgoing): Promise<MethodAnswer> {
  const {context, record, services} = call
  const {backend} = outgoing
  record.serverId = backend.id
  const timeoutMs = Math.max(1, Math.min(backend.timeoutMs, context.deadline - services.now()))
  try {
    return await forwardOnce(call, outgoing, timeoutMs)
  } catch (error) {
    // The backend forgot our session before it took the call: with a new one it is the same call, sent once.
    if (!(error instanceof CallFailure) || error.kind !== 'SessionLost' || error.delivered !== 'no') throw error
    return forwardOnce(call, outgoing, timeoutMs)
  }
}

async function forwardOnce(call: MethodCall, outgoing: Outgoing, timeoutMs: number): Promise<MethodAnswer> {
  const {context, scope} = call
  const {backend} = outgoing
  const lease = await scope.lease(backend, timeoutMs, context.signal)
  // A parked call keeps its connection beyond this request, and gives it back itself.
  if (lease.link.connection.info.era === 'legacy' && isInteractiveModern(call)) {
    return finish(call, backend, 'legacy', await callParked(call, outgoing, lease, timeoutMs))
  }
  try {
    return await exchange(call, outgoing, lease, timeoutMs)
  } finally {
    lease.release()
  }
}

async function exchange(call: MethodCall, outgoing: Outgoing, lease: Lease, timeoutMs: number): Promise<MethodAnswer> {
  const {connection} = lease.link
  const {context, session, reply} = call
  const common: Omit<BackendCall, 'params'> = {
    method: call.method,
    timeoutMs,
    signal: context.signal,
    ...(outgoing.name !== undefined && {name: outgoing.name}),
    headers: outgoing.headers ?? call.paramHeaders,
    trace: call.record.trace,
    onNotification: notifier(call, outgoing.params),
  }
  if (connection.info.era === 'modern') {
    const send = (params: Buffer): Promise<BackendAnswer> => outgoing.backend.call(connection, {...common, params})
    const answer =
      context.era === 'modern' ? await passModern(call, outgoing, send) : await callInRounds(call, outgoing, send)
    return finish(call, outgoing.backend, 'modern', answer)
  }
  const answer = await outgoing.backend.call(connection, {
    ...common,
    params: context.era === 'modern' ? withoutEnvelope(outgoing.params) : outgoing.params,
    ...(session?.profile.interactive === true && {
      onServerRequest: (method: string, params: Buffer | null) => session.ask(method, params, reply),
    }),
  })
  return finish(call, outgoing.backend, 'legacy', answer)
}

function finish(
  {context, method}: MethodCall,
  backend: Backend,
  era: 'legacy' | 'modern',
  answer: BackendAnswer,
): MethodAnswer {
  if (answer.kind === 'error') {
    const value = errorForClient(answer.value, era, context.era)
    return {
      kind: 'error',
      value,
      ...(answer.status !== undefined && context.era === 'modern' && {status: answer.status}),
    }
  }
  return {
    kind: 'result',
    value: exposeUris(resultForClient(answer.value, method, era, context.era), method, backend.naming),
  }
}
