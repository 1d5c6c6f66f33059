import {keySpan, valueSpan} from './locate.ts'
import {matches, valueAt} from './matches.ts'
import {type Finding, pathText} from './problem.ts'
import type {KeyPath} from './schema-walk.ts'
import type {YamlSource} from './yaml-source.ts'

/** As `auth keygen` prints it, or as sha256sum does. */
const keyHash = /^(?:sha256:)?[0-9a-f]{64}$/i

/** What would let in nobody, or everybody, against the meaning of the file. Errors for whoever is about to start. */
export function accessLint(value: unknown, source: YamlSource, {forStart}: {readonly forStart: boolean}): Finding[] {
  const serious = forStart ? 'error' : 'warning'
  const found = (path: KeyPath): boolean => valueAt(value, path) !== undefined && valueAt(value, path) !== null
  const finding = (
    severity: Finding['severity'],
    code: string,
    path: KeyPath,
    message: string,
    suggestion: string,
    at = keySpan(source, path),
  ): Finding => ({severity, code, message, path, at, suggestion})
  const findings: Finding[] = []

  if (valueAt(value, ['server', 'plain']) === false && !found(['server', 'tls']))
    findings.push(
      finding(
        'error',
        'server.no_listener',
        ['server', 'plain'],
        'server.plain is false and server.tls is missing: nothing would listen',
        'add server.tls with cert and key, or remove server.plain',
      ),
    )
  for (const path of matches(value, 'servers.*.auth')) {
    const server = path.slice(0, -1)
    if (found([...path, 'token']) && found([...path, 'oauth']))
      findings.push(
        finding(
          'error',
          'server.two_tokens',
          [...path, 'oauth'],
          `${pathText(path)} has a token and oauth`,
          'keep token for one that never changes, oauth for one that is got and renewed',
        ),
      )
    const endpoint = valueAt(value, [...server, 'endpoint'])
    if (found([...path, 'tls']) && typeof endpoint === 'string' && /^http:/i.test(endpoint))
      findings.push(
        finding(
          'error',
          'server.tls_without_https',
          [...path, 'tls'],
          `${pathText(path)} has tls, and the endpoint is http: neither its CA nor the certificate would be used`,
          'write https:// in endpoint, or remove tls',
        ),
      )
    for (const [one, other] of [
      ['cert', 'key'],
      ['key', 'cert'],
    ] as const) {
      if (!found([...path, 'tls', one]) || found([...path, 'tls', other])) continue
      findings.push(
        finding(
          'error',
          'server.tls_half_identity',
          [...path, 'tls', one],
          `${pathText([...path, 'tls'])} has ${one} without ${other}: a client certificate needs both`,
          `add ${other}, or remove ${one}`,
        ),
      )
    }
    if (found([...server, 'command']))
      findings.push(
        finding(
          'warning',
          'server.auth_unused',
          path,
          `${pathText(server)} runs a command: nothing is sent to it over HTTP, so its auth has no effect`,
          'hand credentials to a program in env',
        ),
      )
  }
  if (!found(['auth']) || valueAt(value, ['auth', 'enabled']) === false) return findings

  for (const path of matches(value, 'auth.api_keys.*.hash')) {
    const hash = valueAt(value, path)
    if (typeof hash === 'string' && !keyHash.test(hash))
      findings.push(
        finding(
          serious,
          'auth.hash_format',
          path,
          `${pathText(path)} is not the hash of a key, so no key can match it`,
          'only1mcp auth keygen prints a key once, and the lines to put here',
          valueSpan(source, path),
        ),
      )
  }
  findings.push(...unknownRoles(value, source, serious))

  const jwt = ['auth', 'jwt']
  const discovered = found(['auth', 'oauth'])
  if (found(jwt) && !found([...jwt, 'jwks_url']) && !found([...jwt, 'key_file']) && !discovered)
    findings.push(
      finding(
        serious,
        'auth.jwt_no_key',
        jwt,
        'auth.jwt has neither jwks_url nor key_file: no token can be verified',
        "add the issuer's jwks_url, or key_file with its public key",
      ),
    )
  if (found([...jwt, 'jwks_url']) && found([...jwt, 'key_file']))
    findings.push(
      finding(
        'error',
        'auth.jwt_two_keys',
        [...jwt, 'key_file'],
        'auth.jwt has jwks_url and key_file',
        'keep one of them',
      ),
    )
  const mtls = valueAt(value, ['auth', 'mtls', 'enabled']) === true
  if (mtls && !found(['server', 'tls', 'client_ca']))
    findings.push(
      finding(
        serious,
        'auth.mtls_no_ca',
        ['auth', 'mtls'],
        'auth.mtls is enabled and server.tls.client_ca is missing: no certificate can be verified',
        'name the CA of the client certificates in server.tls.client_ca',
      ),
    )
  const keys = valueAt(value, ['auth', 'api_keys'])
  const ways = (Array.isArray(keys) && keys.length > 0) || found(jwt) || discovered || mtls
  if (!ways)
    findings.push(
      finding(
        serious,
        'auth.no_way_in',
        ['auth'],
        'auth is enabled without api_keys, jwt, oauth or mtls: nobody could come in',
        'add one of them (only1mcp auth keygen makes a key), or set auth.enabled to false',
      ),
    )
  return findings
}

/** A role that nobody has defined gives nothing. */
function unknownRoles(value: unknown, source: YamlSource, severity: Finding['severity']): Finding[] {
  const roles = valueAt(value, ['auth', 'roles'])
  const known = typeof roles === 'object' && roles !== null ? Object.keys(roles) : []
  const places = ['auth.api_keys.*.roles.*', 'auth.mtls.subjects.*.*'].flatMap(place => matches(value, place))
  return places.flatMap((path): Finding[] => {
    const role = valueAt(value, path)
    if (typeof role !== 'string' || known.includes(role)) return []
    return [
      {
        // Without any role defined everybody may use everything: the opposite of what was meant.
        severity: known.length === 0 ? severity : 'warning',
        code: 'auth.unknown_role',
        message: `${pathText(path)} names a role that auth.roles does not define`,
        path,
        at: valueSpan(source, path),
        suggestion: known.length === 0 ? 'define it in auth.roles' : `defined are: ${known.join(', ')}`,
      },
    ]
  })
}
