import {z} from 'zod'
import {count, duration, httpUrl, name, secret} from './values.ts'

/** Who may call what. */
export const auth = z.strictObject({
  enabled: z.boolean().default(true),
  api_keys: z
    .array(
      z.strictObject({
        id: name.describe('who holds the key; two keys may have one id, to exchange one for the other'),
        hash: secret.describe('sha256:<hex>, as auth keygen prints it; never the key itself'),
        roles: z.array(name).default([]),
      }),
    )
    .default([]),
  jwt: z
    .strictObject({
      jwks_url: httpUrl.optional().describe('where the issuer publishes its keys'),
      key_file: name.optional().describe('file with its public key instead: PEM, certificate, JWK or JWK set'),
      issuer: name,
      audience: z.array(name).min(1),
      clock_skew: duration.default(60_000),
      roles_claim: name.default('roles').describe('claim with the roles, deeper with dots; without it scope counts'),
    })
    .optional(),
  oauth: z
    .strictObject({
      resource: httpUrl.describe('this proxy, as tokens name it'),
      authorization_servers: z.array(httpUrl).min(1).describe('issuers whose tokens are taken'),
      scopes: z.array(name).default([]).describe('what clients should ask for'),
    })
    .optional(),
  mtls: z
    .strictObject({
      enabled: z.boolean().default(false),
      subjects: z
        .record(name, z.array(name))
        .default({})
        .describe('roles by common name, or by DNS:, URI:, email: or IP Address: name'),
    })
    .optional()
    .describe('the name in a client certificate says who it is; needs server.tls.client_ca'),
  roles: z
    .record(
      name,
      z.strictObject({
        servers: z.array(name).default([]).describe('ids or groups, * for any text'),
        tools: z.array(name).default([]).describe('names of tools, * for any text; without it all tools of servers'),
      }),
    )
    .default({})
    .describe('what each role may use; once there is one, nobody without a role may use anything'),
})

const limit = z.strictObject({requests_per_minute: count, burst: count.optional()})

export const rateLimit = z.strictObject({
  enabled: z.boolean().default(true),
  per_principal: limit.optional(),
  per_address: limit.optional(),
})
