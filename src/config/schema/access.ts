import {z} from 'zod'
import {count, duration, name, secret} from './values.ts'

const httpsUrl = z.url({protocol: /^https?$/, error: 'expected an http:// or https:// URL'})

/** Who may call what. */
export const auth = z.strictObject({
  enabled: z.boolean().default(true),
  api_keys: z
    .array(z.strictObject({id: name, hash: secret.describe('never the key itself'), roles: z.array(name).default([])}))
    .default([]),
  jwt: z
    .strictObject({
      jwks_url: httpsUrl.optional(),
      key_file: name.optional(),
      issuer: name,
      audience: z.array(name).min(1),
      clock_skew: duration.default(60_000),
    })
    .optional(),
  oauth: z
    .strictObject({
      resource: httpsUrl.describe('this proxy, as tokens name it'),
      authorization_servers: z.array(httpsUrl).min(1),
    })
    .optional(),
  mtls: z.strictObject({enabled: z.boolean().default(false)}).optional(),
  roles: z
    .record(name, z.strictObject({servers: z.array(name).default([]), tools: z.array(name).default([])}))
    .default({}),
})

const limit = z.strictObject({requests_per_minute: count, burst: count.optional()})

export const rateLimit = z.strictObject({
  enabled: z.boolean().default(true),
  per_principal: limit.optional(),
  per_address: limit.optional(),
})
