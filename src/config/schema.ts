import {z} from 'zod'
import {parseBytes} from '../shared/bytes.ts'
import {parseDuration} from '../shared/duration.ts'
import {logLevels} from '../shared/log-line.ts'

declare module 'zod' {
  interface GlobalMeta {
    /** The value, or each value of a map, is a secret: never printed, logged or collected. */
    readonly secret?: boolean
  }
}

/** `30s`, `5m`, or a number of milliseconds; milliseconds after parsing. */
const duration = z.union([z.number().nonnegative(), z.string()]).transform((value, ctx) => {
  const ms = typeof value === 'number' ? value : parseDuration(value)
  if (ms !== undefined) return ms
  ctx.addIssue({code: 'custom', message: `expected a duration such as 30s, 500ms or 2m, got ${JSON.stringify(value)}`})
  return z.NEVER
})

/** `4MiB`, `512KB`, or a number of bytes; bytes after parsing. */
const size = z.union([z.number().int().nonnegative(), z.string()]).transform((value, ctx) => {
  const bytes = typeof value === 'number' ? value : parseBytes(value)
  if (bytes !== undefined) return bytes
  ctx.addIssue({code: 'custom', message: `expected a size such as 4MiB or 512KB, got ${JSON.stringify(value)}`})
  return z.NEVER
})

const port = z.number().int().min(0).max(65_535).describe('a TCP port; 0 lets the system choose')

const server = z
  .strictObject({
    host: z.string().min(1).default('127.0.0.1').describe('address to listen on'),
    port: port.default(8080),
    allowed_hosts: z
      .array(z.string().min(1))
      .default([])
      .describe('names besides localhost and the listen address that a Host header may hold'),
    allowed_origins: z
      .array(z.string().min(1))
      .default([])
      .describe('origins besides loopback ones that a browser may call from, such as https://console.example.com'),
    max_body_size: size.default(4 * 1024 * 1024).describe('largest request body'),
    request_timeout: duration.default(60_000).describe('deadline of a client request when the server names none'),
    list_timeout: duration.default(2_000).describe('how long tools/list waits for a backend that has not answered yet'),
    shutdown_timeout: duration.default(10_000).describe('from the signal to the end, requests in flight included'),
    session_idle_timeout: duration.default(1_800_000).describe('a legacy session without traffic ends after this'),
    max_sessions: z.number().int().positive().default(10_000),
  })
  .prefault({})

const environment = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not a name of an environment variable'),
  z.string(),
)

const backend = z.strictObject({
  id: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
      'an id holds letters, digits, "-", "_" and ".", at most 64, and starts with a letter or digit',
    ),
  name: z.string().min(1).optional().describe('shown instead of the id'),
  enabled: z.boolean().default(true),
  transport: z.enum(['stdio', 'http', 'sse']).optional().describe('inferred: stdio with command, http with endpoint'),
  command: z.string().min(1).optional().describe('program of a stdio server, run without a shell'),
  args: z.array(z.string()).default([]),
  env: environment.default({}).meta({secret: true}).describe('added to the few variables that children inherit'),
  cwd: z.string().min(1).optional(),
  endpoint: z.url({protocol: /^https?$/, error: 'expected an http:// or https:// URL'}).optional(),
  headers: z
    .record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'not a header name'), z.string())
    .default({})
    .meta({secret: true}),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{0,48}$/, 'a prefix holds letters, digits, "-", "_" and ".", at most 48')
    .optional()
    .describe('names tools <prefix>__<tool>; "" exposes them as they are; the id by default'),
  timeout: duration.optional().describe('deadline of one call'),
})

const logging = z
  .strictObject({
    level: z.enum(logLevels).default('info'),
    format: z.enum(['text', 'json']).default('text'),
  })
  .prefault({})

const metrics = z
  .strictObject({
    enabled: z.boolean().default(true),
    host: z.string().min(1).default('127.0.0.1'),
    port: port.default(9091),
  })
  .prefault({})

const observability = z.strictObject({logging, metrics}).prefault({})

const paths = z
  .strictObject({
    state: z.string().min(1).optional().describe('folder of runtime.json, the control socket and databases'),
    logs: z.string().min(1).optional().describe('folder of access.log, error.log and only1mcp.log'),
  })
  .prefault({})

/** Configuration 1.0: the single source of types, defaults, documentation and secret marks. */
export const configSchema = z.strictObject({
  version: z
    .union([z.literal('1.0'), z.literal(1)])
    .optional()
    .describe('layout of this file; 1.0 when absent'),
  server,
  servers: z.array(backend).default([]),
  observability,
  paths,
})

/** A validated configuration with all defaults; durations in milliseconds, sizes in bytes. */
export type Config = z.output<typeof configSchema>
export type BackendConfig = Config['servers'][number]
