import {z} from 'zod'
import {logLevels} from '../../shared/log-line.ts'
import {count, duration, name, port, secret, share, size} from './values.ts'

const level = z.enum([...logLevels, 'off'])

const logging = z
  .strictObject({
    level: level.default('info'),
    format: z.enum(['text', 'json']).default('text'),
    modules: z
      .record(z.string().regex(/^[a-z0-9_]+(::[a-z0-9_]+)*$/, 'not a module such as only1mcp::proxy'), level)
      .optional()
      .describe('a level for one module, such as only1mcp::proxy: trace'),
    rotation: z
      .strictObject({
        enabled: z.boolean().default(true).describe('off where logrotate or another program does it'),
        max_size: size.refine(bytes => bytes >= 4096, 'less than 4KiB holds hardly a line').default(100 * 1024 * 1024),
        max_age: duration.default(86_400_000),
        keep: z.number().int().min(0).max(9998).default(7).describe('rotated files that stay'),
      })
      .prefault({}),
  })
  .prefault({})

const metrics = z
  .strictObject({
    enabled: z.boolean().default(true),
    host: name.default('127.0.0.1'),
    port: port.default(9091),
  })
  .prefault({})

const tracing = z.strictObject({enabled: z.boolean().default(true), sample_ratio: share.default(1)})

const requestLog = z
  .strictObject({
    enabled: z.boolean().default(true),
    backend: z.enum(['sqlite', 'postgres']).default('sqlite'),
    max_age: duration.default(7 * 86_400_000).describe('older rows go; 0 keeps all'),
    max_size: size
      .default(1024 ** 3)
      .describe('of the SQLite file, or of the rows that wait for PostgreSQL; 0: no limit'),
    postgres: z
      .strictObject({url: secret.regex(/^postgres(ql)?:\/\//, 'expected postgres://user@host/database')})
      .optional(),
  })
  .refine(({backend, postgres}) => backend !== 'postgres' || postgres !== undefined, {
    path: ['postgres'],
    message: 'backend: postgres needs postgres.url, such as postgres://user@host/database',
  })

export const observability = z
  .strictObject({logging, metrics, tracing: tracing.optional(), request_log: requestLog.optional()})
  .prefault({})

/** Profiles of the runtime on a port of their own. */
export const profiling = z.strictObject({
  enabled: z.boolean().default(false),
  host: name.default('127.0.0.1'),
  port: port.default(6060),
})

export const tui = z.strictObject({
  default_view: z.enum(['overview', 'servers', 'requests', 'logs']).default('overview'),
  refresh_interval: duration.default(1_000),
  max_log_lines: count.default(10_000),
})
