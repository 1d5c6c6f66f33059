import {z} from 'zod'
import {duration, name, port, secret, size} from './values.ts'

const tls = z
  .strictObject({
    port: port.default(8443),
    cert: name.describe('file of the certificate chain, PEM'),
    key: name.describe('file of the private key, PEM'),
    client_ca: name.optional().describe('file of the CA that client certificates must come from'),
  })
  .describe('a second listener that speaks TLS')

/** The listener that MCP clients talk to. */
export const server = z
  .strictObject({
    host: name.default('127.0.0.1').describe('address to listen on'),
    port: port.default(8080),
    plain: z.boolean().default(true).describe('false: no listener without TLS; needs tls'),
    tls: tls.optional(),
    session_key: secret
      .optional()
      .describe('signs session ids; the same on all instances. <state>/session.key when absent'),
    previous_session_key: secret.optional().describe('what it signed is still taken, while session_key is changed'),
    allowed_hosts: z
      .array(name)
      .default([])
      .describe('names besides localhost and the listen address that a Host header may hold'),
    allowed_origins: z
      .array(name)
      .default([])
      .describe('origins besides loopback ones that a browser may call from, such as https://console.example.com'),
    max_body_size: size.default(4 * 1024 * 1024).describe('largest request body'),
    request_timeout: duration.default(60_000).describe('deadline of a client request when the server names none'),
    list_timeout: duration.default(2_000).describe('how long tools/list waits for a backend that has not answered yet'),
    shutdown_timeout: duration.default(10_000).describe('from the signal to the end, requests in flight included'),
    session_idle_timeout: duration.default(1_800_000).describe('a legacy session without traffic ends after this'),
    session_max_age: duration.default(86_400_000).describe('a legacy session is opened anew after this'),
    max_batch: z
      .number()
      .int()
      .positive()
      .max(1000)
      .default(100)
      .describe(
        'messages in one JSON-RPC batch, which 2025-03-26 alone has; all their answers are held until the last',
      ),
    max_subscriptions: z
      .number()
      .int()
      .nonnegative()
      .max(100_000)
      .default(1000)
      .describe('resources that one client may watch at a time'),
    max_sessions: z.number().int().positive().default(10_000),
    max_client_processes: z
      .number()
      .int()
      .positive()
      .default(128)
      .describe(
        'server processes for clients that can be asked something, beside the one of each server that all share',
      ),
  })
  .prefault({})
