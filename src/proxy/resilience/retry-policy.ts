import type {BackendConfig} from '../../config/schema.ts'
import {CallFailure} from '../../mcp/call-failure.ts'
import {rpcCode} from '../../mcp/protocol.ts'
import {findValue} from '../../mcp/splice.ts'
import {matchesAnyGlob} from '../../shared/star-glob.ts'

type Retry = NonNullable<BackendConfig['retry']>

const usual: Retry = {
  max_attempts: 3,
  backoff: 'exponential',
  initial_delay: 100,
  max_delay: 2000,
  idempotent_tools: [],
  trust_annotations: false,
}

/** What changes nothing at a server, however often it is asked. */
const reads = new Set([
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'prompts/get',
  'completion/complete',
  'server/discover',
  'ping',
])

export function retryOf(config: Pick<BackendConfig, 'retry'>): Retry {
  return config.retry ?? usual
}

/** Failures after which the same server cannot do better: there is no way to it, or it does not want us. */
const pointless = new Set([
  'NoBackend',
  'BreakerOpen',
  'CredentialsRejected',
  'TokenRefused',
  'TokenUnreachable',
  'TlsFiles',
  'NoTransport',
  'SpawnFailed',
  'Overloaded',
])

/** What a call names; its description is looked for only where the operator trusts it. */
export interface CalledTool {
  readonly name: string
  readonly description: () => Buffer | undefined
}

/** How a failed call may be repeated: nowhere, at another member of the group only, or anywhere. */
export type Repeat = 'never' | 'elsewhere' | 'anywhere'

/**
 * What never left may be sent again, whatever it is. What may have arrived only where asking twice does no harm: reads, and
 * tools that the operator marked (nginx: never a non-idempotent request once it was sent).
 */
export function repeatable(
  method: string,
  failure: CallFailure,
  config: Pick<BackendConfig, 'retry'>,
  tool: CalledTool,
): Repeat {
  if (failure.blame === 'client') return 'never'
  if (failure.delivered === 'no') return pointless.has(failure.kind) ? 'elsewhere' : 'anywhere'
  if (!transient(failure)) return 'never'
  if (reads.has(method)) return 'anywhere'
  return method === 'tools/call' && harmless(config, tool) ? 'anywhere' : 'never'
}

/** What the next attempt may not meet again; a wrong answer would be given once more. */
function transient({kind, httpStatus}: CallFailure): boolean {
  if (kind === 'HttpStatus') return httpStatus !== undefined && (httpStatus >= 500 || httpStatus === 429)
  return kind === 'TransportFailed' || kind === 'StreamEnded' || kind === 'BackendExited' || kind === 'BackendTimeout'
}

function harmless(config: Pick<BackendConfig, 'retry'>, {name, description}: CalledTool): boolean {
  const {idempotent_tools, trust_annotations} = retryOf(config)
  if (matchesAnyGlob(idempotent_tools, name)) return true
  const bytes = trust_annotations ? description() : undefined
  return bytes !== undefined && says(bytes, 'readOnlyHint', 'idempotentHint')
}

function says(tool: Buffer, ...hints: readonly string[]): boolean {
  return hints.some(hint => {
    const span = findValue(tool, {start: 0, end: tool.length}, ['annotations', hint])
    return span !== null && tool.toString('latin1', span.start, span.end) === 'true'
  })
}

/**
 * How long to wait before an attempt: doubled each time, and anywhere between nothing and that, so that those who failed
 * together do not come back together (full jitter); or always the same.
 * @param failed attempts that have failed, from 1
 */
export function delayBefore(failed: number, {backoff, initial_delay, max_delay}: Retry, random: () => number): number {
  if (backoff === 'fixed') return initial_delay
  return Math.round(random() * Math.min(max_delay, initial_delay * 2 ** (failed - 1)))
}

/**
 * The failure as the client gets it: where nobody can tell whether the call was carried out, it says so with a code of its
 * own, so that a client does not repeat it unseen. A timeout keeps the code of timeouts, and says the same in its data.
 */
export function asAnswered(method: string, failure: CallFailure): CallFailure {
  if (failure.delivered === 'no' || failure.blame === 'client' || reads.has(method) || !transient(failure))
    return failure
  const timeout = failure.kind === 'BackendTimeout'
  return new CallFailure(
    timeout ? failure.message : `${failure.message}: it is not known whether the call was carried out`,
    {
      kind: failure.kind,
      blame: failure.blame,
      code: timeout ? failure.code : rpcCode.ambiguousDelivery,
      delivered: 'unknown',
      ambiguous: true,
      cause: failure,
      ...(failure.evidence !== undefined && {evidence: failure.evidence}),
      ...(failure.httpStatus !== undefined && {httpStatus: failure.httpStatus}),
    },
  )
}
