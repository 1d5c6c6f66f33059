import {z} from 'zod'
import {count, duration, httpUrl, name, secret} from './values.ts'

const environment = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not a name of an environment variable'),
  z.string(),
)

const headers = z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'not a header name'), z.string())

const retry = z.strictObject({
  max_attempts: count.max(100).default(3).describe('the first one included'),
  backoff: z.enum(['exponential', 'fixed']).default('exponential'),
  initial_delay: duration.default(100).describe('before the second attempt; exponential doubles it, with full jitter'),
  max_delay: duration.default(2_000),
  idempotent_tools: z
    .array(name)
    .default([])
    .describe('tools that may run twice, by their names at the server; * stands for any characters'),
  trust_annotations: z
    .boolean()
    .default(false)
    .describe('tools that the server itself calls readOnlyHint or idempotentHint may run twice as well'),
})

const healthCheck = z.strictObject({
  enabled: z.boolean().default(true),
  path: z.string().startsWith('/', {error: 'expected a path that starts with "/"'}).optional(),
  interval: duration.default(30_000),
  timeout: duration.default(5_000),
  healthy_threshold: count.default(2),
  unhealthy_threshold: count.default(3),
})

/** MCP 2026-07-28, "Tool names"; the length with its prefix is looked at beside the schema. */
const toolName = z
  .string()
  .regex(/^[A-Za-z0-9_./-]{1,128}$/, 'a name holds letters, digits, "_", "-", "." and "/", at most 128')

const allow = z.array(name).optional()
const deny = z.array(name).default([])
const rename = z
  .record(name, toolName)
  .default({})
  .describe('from the name at the server to the one that is offered, before the prefix')

const tools = z.strictObject({
  allow: allow.describe('only these tools are offered; * stands for any characters'),
  deny: deny.describe('these tools are not offered, whatever allow says'),
  rename,
  cache: z
    .array(name)
    .default([])
    .describe(
      'tools whose results are kept; with * only those that the server calls readOnlyHint. Needs cache.enabled',
    ),
})

const prompts = z.strictObject({
  allow: allow.describe('only these prompts are offered; * stands for any characters'),
  deny: deny.describe('these prompts are not offered, whatever allow says'),
  rename,
  cache: z
    .array(name)
    .default([])
    .describe('prompts whose results are kept; * stands for any characters. Needs cache.enabled'),
})

const resources = z.strictObject({
  allow: allow.describe('only these URIs can be read; * stands for any characters'),
  deny: deny.describe('these URIs cannot be read, whatever allow says'),
  cache: z
    .array(name)
    .default(['*'])
    .describe('URIs whose contents are kept as long as the server allows, or cache.ttl_seconds. Needs cache.enabled'),
})

/** How we prove to a server who we are. */
const outboundAuth = z.strictObject({
  token: secret.optional().describe('sent as Authorization: Bearer'),
  oauth: z
    .strictObject({
      token_url: httpUrl,
      client_id: name,
      client_secret: secret.optional(),
      client_auth: z.enum(['basic', 'post']).default('basic').describe('how the secret is sent'),
      refresh_token: secret.optional().describe('without it the client asks for itself (client_credentials)'),
      scope: name.optional(),
    })
    .optional()
    .describe('a token that is got and renewed'),
  tls: z
    .strictObject({
      ca: name.optional().describe('file of the CA of the server'),
      cert: name.optional().describe('file of our client certificate'),
      key: name.optional().describe('file of its private key'),
    })
    .optional(),
})

/** One MCP server behind the proxy. */
export const backend = z.strictObject({
  id: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
      'an id holds letters, digits, "-", "_" and ".", at most 64, and starts with a letter or digit',
    ),
  name: name.optional().describe('shown instead of the id'),
  enabled: z.boolean().default(true),
  transport: z.enum(['stdio', 'http', 'sse']).optional().describe('inferred: stdio with command, http with endpoint'),
  command: name.optional().describe('program of a stdio server, run without a shell'),
  args: z.array(z.string()).default([]),
  env: environment.default({}).meta({secret: true}).describe('added to the few variables that children inherit'),
  cwd: name.optional().describe('folder the command runs in; a relative one starts at the folder of this file'),
  endpoint: z.url({protocol: /^https?$/, error: 'expected an http:// or https:// URL'}).optional(),
  headers: headers.default({}).meta({secret: true}),
  auth: outboundAuth.optional().describe('credentials of the proxy at this server; those of clients never go there'),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{0,48}$/, 'a prefix holds letters, digits, "-", "_" and ".", at most 48')
    .optional()
    .describe('names tools <prefix>__<tool>; "" exposes them as they are; the group by default'),
  group: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'a group holds letters, digits, "-", "_" and ".", at most 64')
    .optional()
    .describe('servers of one group are replicas of each other; the id by default'),
  role: z.enum(['primary', 'fallback']).default('primary').describe('a fallback serves when no primary can'),
  weight: z.number().nonnegative().default(1).describe('share of the calls inside the group'),
  timeout: duration.optional().describe('deadline of one call'),
  retry: retry.optional(),
  health_check: healthCheck.optional(),
  tools: tools.optional(),
  prompts: prompts.optional(),
  resources: resources.optional(),
})
