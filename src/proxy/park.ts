import type {BackendAnswer} from '../mcp/connection.ts'
import {rpcCode} from '../mcp/protocol.ts'
import {arrayElements, findValue, objectMembers, removeMember, stringAt} from '../mcp/splice.ts'
import {canBeAsked, notDeclared} from './client-profile.ts'
import type {Lease} from './client-scope.ts'
import {withoutEnvelope} from './era-bridge.ts'
import type {MethodCall} from './method-call.ts'
import type {Outgoing} from './outgoing.ts'
import {ParkedCall, type Round} from './parked-calls.ts'
import {notifier} from './progress.ts'
import {RpcFailure} from './rpc-failure.ts'

const urlElicitationRequired = String(rpcCode.urlElicitationRequired)

/** The methods whose result may ask for input (MCP 2026-07-28). */
const inRounds = new Set(['tools/call', 'prompts/get', 'resources/read'])

/** Whether a legacy backend's questions during this call go to the client as rounds. */
export function isInteractiveModern({context, profile, method}: MethodCall): boolean {
  return context.era === 'modern' && profile.interactive && inRounds.has(method)
}

/** One round of a call: begins it, or goes on with it where the client brings the token of an earlier round. */
export async function callParked(
  call: MethodCall,
  outgoing: Outgoing,
  lease: Lease,
  timeoutMs: number,
): Promise<BackendAnswer> {
  const target = `${call.method} ${outgoing.backend.id} ${outgoing.name ?? ''}`
  const token = stateOf(call.params)
  if (token !== undefined) lease.release() // the call that goes on has a connection already
  const parked = token === undefined ? begin(call, outgoing, lease, timeoutMs, target) : resume(call, token, target)
  parked.reply = call.reply
  const gone = {onCancel: () => parked.controller.abort()}
  call.context.signal.listen(gone)
  try {
    return answerOf(call, parked, await parked.round())
  } finally {
    call.context.signal.unlisten(gone)
    parked.reply = undefined
  }
}

function begin(
  call: MethodCall,
  {backend, params}: Outgoing,
  lease: Lease,
  timeoutMs: number,
  target: string,
): ParkedCall {
  const parked = new ParkedCall(call.context.principal, target, call.services.parkedCalls.instance)
  const whole = params && removeMember(params, {start: 0, end: params.length}, 'inputResponses')
  const say = notifier(call, params)
  const answer = backend.call(lease.link.connection, {
    method: call.method,
    params: withoutEnvelope(whole),
    timeoutMs,
    trace: call.record.trace,
    signal: parked.controller,
    onNotification: (method, said) => {
      if (parked.reply === call.reply) say(method, said)
    },
    onServerRequest: async (method, asked, {signal}) =>
      canBeAsked(call.profile, method, asked) ? parked.ask(method, asked, signal) : notDeclared(method),
  })
  parked.begin(answer.finally(lease.release))
  return parked
}

function resume(call: MethodCall, token: string, target: string): ParkedCall {
  const parked = call.services.parkedCalls.take(token, call.context.principal, target)
  if (parked === undefined) {
    const instance = call.services.parkedCalls.elsewhere(token)
    if (instance !== undefined) throw waitsElsewhere(instance)
    throw new RpcFailure(
      rpcCode.invalidParams,
      'Invalid params: requestState is not one that was given out for this request',
      {
        kind: 'InvalidRequestState',
        blame: 'client',
      },
    )
  }
  const {params} = call
  const responses = params && findValue(params, {start: 0, end: params.length}, ['inputResponses'])
  if (params !== null && responses !== null) {
    for (const {key, value} of objectMembers(params, responses))
      parked.supply(key, params.subarray(value.start, value.end))
  }
  return parked
}

/** Its server works on it in a connection of another runtime, or of one that has ended. */
function waitsElsewhere(instance: string): RpcFailure {
  const message = `Invalid params: the call waits at instance ${instance}, this is another one. Send the request again without requestState and inputResponses`
  return new RpcFailure(rpcCode.invalidParams, message, {
    kind: 'WaitsElsewhere',
    blame: 'proxy',
    data: {instance, startAgain: true},
  })
}

function answerOf(call: MethodCall, parked: ParkedCall, round: Round): BackendAnswer {
  if (round.state === 'answered') return urlsToVisit(call, round.answer) ?? round.answer
  call.services.parkedCalls.park(parked)
  const requests = [...round.inputs].map(
    ([key, {method, params}]) =>
      `${JSON.stringify(key)}:{"method":${JSON.stringify(method)}${params === null ? '' : `,"params":${params.toString('utf8')}`}}`,
  )
  const value = `{"resultType":"input_required","inputRequests":{${requests.join(',')}},"requestState":${JSON.stringify(parked.token)}}`
  return {kind: 'result', value: Buffer.from(value)}
}

/**
 * A legacy server refuses a call until its client has visited some URLs (-32042): in the modern era they are asked for in a
 * round. The call is sent anew with the next one, so there is nothing to keep.
 */
function urlsToVisit({profile}: MethodCall, {kind, value}: BackendAnswer): BackendAnswer | undefined {
  const whole = {start: 0, end: value.length}
  const code = kind === 'error' ? findValue(value, whole, ['code']) : null
  if (code === null || value.toString('latin1', code.start, code.end) !== urlElicitationRequired) return undefined
  const list = findValue(value, whole, ['data', 'elicitations'])
  const elicitations = list === null ? [] : arrayElements(value, list).map(({start, end}) => value.subarray(start, end))
  const askable = elicitations.every(each => canBeAsked(profile, 'elicitation/create', each))
  if (elicitations.length === 0 || !askable) return undefined
  const requests = elicitations.map(
    (each, index) => `"visit-${index + 1}":{"method":"elicitation/create","params":${each.toString('utf8')}}`,
  )
  return {
    kind: 'result',
    value: Buffer.from(`{"resultType":"input_required","inputRequests":{${requests.join(',')}}}`),
  }
}

function stateOf(params: Buffer | null): string | undefined {
  const span = params && findValue(params, {start: 0, end: params.length}, ['requestState'])
  return (params && span && stringAt(params, span)) ?? undefined
}
