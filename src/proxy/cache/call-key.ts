import {hash} from 'node:crypto'
import type {BackendConfig} from '../../config/schema.ts'
import {metaKey} from '../../mcp/protocol.ts'
import {objectMembers} from '../../mcp/splice.ts'
import type {Backend} from '../backend.ts'
import type {MethodCall} from '../method-call.ts'
import type {Target} from '../server-group.ts'
import type {Generations} from './generations.ts'

/** Members of `_meta` that say who asks and how the answer is followed, and change nothing about what it is. */
const neutralMeta = new Set<string>([
  metaKey.protocolVersion,
  metaKey.clientInfo,
  metaKey.clientCapabilities,
  metaKey.logLevel,
  'progressToken',
  'traceparent',
  'tracestate',
  'baggage',
])

/** Beyond this a digest stands for the params: keys are kept too. */
const longestPlain = 512

/**
 * What makes two calls the same question: method, era, the servers that may answer it, their own name of the thing, and
 * the bytes of the params. Two spellings of the same params are two questions; that costs a call and is never wrong.
 *
 * Which servers may be asked depends on the rights of the caller, so equal keys mean equal rights to the answer.
 * @returns undefined for a call that goes on with an earlier one: its answer belongs to it alone
 */
export function callKey(call: MethodCall, targets: readonly Target[], generations: Generations): string | undefined {
  const asked = paramsKey(call.params)
  const target = targets[0]
  if (asked === undefined || target === undefined) return undefined
  const {context, method, profile, paramHeaders} = call
  const servers = targets
    .map(({backend}) => `${backend.id}@${generations.ofServer(backend.id)}#${fingerprintOf(backend)}`)
    .join(' ')
  const resource = method === 'resources/read' ? generations.ofResource(target.group.id, target.key) : ''
  // A server may answer by what the client can do.
  const who = profile.fingerprint === '{}' ? '' : hash('sha256', profile.fingerprint, 'base64url')
  const headers = Object.keys(paramHeaders).length === 0 ? '' : JSON.stringify(paramHeaders)
  const rest = `${target.key.length}:${target.key}${headers.length}:${headers}${asked}`
  const short = rest.length > longestPlain ? hash('sha256', rest, 'base64url') : rest
  return `${context.era} ${method} ${servers} ${resource} ${who}\n${short}`
}

/** The params without what is neutral; undefined where they go on with an earlier call. */
function paramsKey(params: Buffer | null): string | undefined {
  if (params === null) return ''
  let key = ''
  for (const {key: name, value} of objectMembers(params, {start: 0, end: params.length})) {
    if (name === 'requestState' || name === 'inputResponses') return undefined
    if (name === '_meta') key += metaOf(params, value.start, value.end)
    else key += `${JSON.stringify(name)}:${params.toString('latin1', value.start, value.end)},`
  }
  return key
}

function metaOf(params: Buffer, start: number, end: number): string {
  let own = ''
  for (const {key, value} of objectMembers(params, {start, end})) {
    if (!neutralMeta.has(key)) own += `${JSON.stringify(key)}:${params.toString('latin1', value.start, value.end)},`
  }
  return own === '' ? '' : `_meta{${own}}`
}

const fingerprints = new WeakMap<Backend, Pick<Backend, 'info' | 'config' | 'naming'> & {readonly text: string}>()

/** How a server is called, and which of its answers are kept, says nothing about what they are. */
function answering({name, weight, timeout, retry, health_check, tools, prompts, resources, ...rest}: BackendConfig) {
  return {
    ...rest,
    tools: {...tools, cache: undefined},
    prompts: {...prompts, cache: undefined},
    resources: {...resources, cache: undefined},
  }
}

/** Another configuration, or another version of the server, gives other answers; over all instances and restarts. */
function fingerprintOf(backend: Backend): string {
  const {info, config, naming} = backend
  const known = fingerprints.get(backend)
  if (known?.info === info && known?.config === config && known.naming === naming) return known.text
  const version = [info?.protocolVersion, info?.implementation?.name, info?.implementation?.version]
  const text = hash('sha256', JSON.stringify([answering(config), naming, version]), 'base64url').slice(0, 16)
  fingerprints.set(backend, {info, config, naming, text})
  return text
}
