import {CallFailure} from '../mcp/call-failure.ts'
import type {BackendAnswer} from '../mcp/connection.ts'
import {envelopeMeta} from '../mcp/handshake.ts'
import {cancelled} from '../mcp/pending-calls.ts'
import {metaKey, rpcCode} from '../mcp/protocol.ts'
import {findValue, objectMembers, removeMember, setMember, stringAt} from '../mcp/splice.ts'
import {canBeAsked, identityFor} from './client-profile.ts'
import {withEnvelope} from './era-bridge.ts'
import type {MethodCall} from './method-call.ts'
import type {Outgoing} from './outgoing.ts'
import type {StateOwner} from './request-state.ts'
import {RpcFailure} from './rpc-failure.ts'

/** A server that asks for ever would keep its client busy for ever. */
const maxRounds = 32

type Send = (params: Buffer) => Promise<BackendAnswer>

/** Modern to modern: passes as it is, but for `requestState`, which is signed and bound to its call. */
export async function passModern(
  call: MethodCall,
  {backend, params, name}: Outgoing,
  send: Send,
): Promise<BackendAnswer> {
  const target = `${call.method} ${name ?? ''}`
  const owner: StateOwner = {serverId: backend.id, principal: call.context.principal, target}
  const answer = await send(ownState(call, owner, params ?? Buffer.from('{}')))
  if (answer.kind === 'error') return answer
  const whole = {start: 0, end: answer.value.length}
  const state = findValue(answer.value, whole, ['requestState'])
  const text = state && stringAt(answer.value, state)
  if (text === null) return answer
  const wrapped = call.services.requestStates.wrap(owner, text)
  return {...answer, value: setMember(answer.value, whole, 'requestState', Buffer.from(JSON.stringify(wrapped)))}
}

function ownState({services}: MethodCall, owner: StateOwner, params: Buffer): Buffer {
  const whole = {start: 0, end: params.length}
  const state = findValue(params, whole, ['requestState'])
  if (state === null) return params
  const text = stringAt(params, state)
  const own = text === null ? undefined : services.requestStates.unwrap(owner, text)
  if (own === undefined) {
    throw new RpcFailure(
      rpcCode.invalidParams,
      'Invalid params: requestState is not one that was given out for this request',
      {
        kind: 'InvalidRequestState',
        blame: 'client',
      },
    )
  }
  return setMember(params, whole, 'requestState', Buffer.from(JSON.stringify(own)))
}

/** Legacy client, modern backend: what the backend needs is asked of the client here, round by round. */
export async function callInRounds(call: MethodCall, outgoing: Outgoing, send: Send): Promise<BackendAnswer> {
  const {profile, services, session} = call
  const envelope = {
    ...envelopeMeta(identityFor(profile, services.identity)),
    // A modern server logs only when asked; a legacy client that set no level expects what is worth knowing.
    [metaKey.logLevel]: session?.logLevel ?? 'info',
  }
  const first = withEnvelope(outgoing.params, envelope)
  let params = first
  for (let round = 0; round < maxRounds; round++) {
    const answer = await sendRound(send, params, round)
    if (answer.kind === 'error' || !needsInput(answer.value)) return answer
    params = await nextRound(call, first, answer.value)
  }
  throw new RpcFailure(rpcCode.serverError, `the server asked for input more than ${maxRounds} times`, {
    kind: 'TooManyRounds',
    blame: 'backend-logic',
  })
}

/** What failed in a later round was begun in an earlier one: it must not look as if it had never been sent. */
async function sendRound(send: Send, params: Buffer, round: number): Promise<BackendAnswer> {
  try {
    return await send(params)
  } catch (error) {
    if (round === 0 || !(error instanceof CallFailure) || error.delivered === 'unknown') throw error
    const {message, kind, blame, code, evidence} = error
    throw new CallFailure(message, {
      kind,
      blame,
      code,
      delivered: 'unknown',
      cause: error,
      ...(evidence !== undefined && {evidence}),
    })
  }
}

function needsInput(result: Buffer): boolean {
  const type = findValue(result, {start: 0, end: result.length}, ['resultType'])
  return type !== null && result.toString('utf8', type.start, type.end) === '"input_required"'
}

async function nextRound(call: MethodCall, first: Buffer, result: Buffer): Promise<Buffer> {
  const whole = {start: 0, end: result.length}
  const requests = findValue(result, whole, ['inputRequests'])
  const answers = await Promise.all(
    (requests === null ? [] : objectMembers(result, requests)).map(async ({key, value}) => {
      const answer = await askClient(call, result.subarray(value.start, value.end))
      return `${JSON.stringify(key)}:${answer.toString('utf8')}`
    }),
  )
  let params = first
  if (answers.length > 0)
    params = setMember(params, {start: 0, end: params.length}, 'inputResponses', Buffer.from(`{${answers.join(',')}}`))
  const state = findValue(result, whole, ['requestState'])
  const object = {start: 0, end: params.length}
  return state === null
    ? removeMember(params, object, 'requestState')
    : setMember(params, object, 'requestState', result.subarray(state.start, state.end))
}

async function askClient({session, reply, context, method: called}: MethodCall, request: Buffer): Promise<Buffer> {
  const whole = {start: 0, end: request.length}
  const method = findValue(request, whole, ['method'])
  const params = findValue(request, whole, ['params'])
  const name = method && stringAt(request, method)
  if (session === null || name === null) {
    throw new RpcFailure(
      rpcCode.serverError,
      'the server needs input, and this client has no session in which it could be asked',
      {
        kind: 'InputImpossible',
        blame: 'client',
      },
    )
  }
  const asked = params && request.subarray(params.start, params.end)
  if (!canBeAsked(session.profile, name, asked)) {
    throw new RpcFailure(
      rpcCode.serverError,
      `the server asks for ${name.slice(0, 128)}, which the client has not declared`,
      {
        kind: 'InputImpossible',
        blame: 'backend-logic',
      },
    )
  }
  const question = {signal: context.signal, progress: () => {}}
  const answer = await session.ask(name, asked, question, reply)
  if (context.signal.aborted) throw cancelled({method: called})
  if (answer.kind === 'result') return answer.value
  throw new RpcFailure(
    rpcCode.serverError,
    `the client did not supply the input: ${answer.value.toString('utf8', 0, 200)}`,
    {
      kind: 'InputRefused',
      blame: 'client',
    },
  )
}
