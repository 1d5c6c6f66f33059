import {authExposed} from '../../../src/diagnostics/checks/auth-exposed.ts'
import {authIssuers} from '../../../src/diagnostics/checks/auth-issuers.ts'
import {authKeyFile} from '../../../src/diagnostics/checks/auth-key-file.ts'
import {authRefused} from '../../../src/diagnostics/checks/auth-refused.ts'
import {tlsCertificate} from '../../../src/diagnostics/checks/tls-certificate.ts'
import {tlsClientCa} from '../../../src/diagnostics/checks/tls-client-ca.ts'
import {tlsKeyMode} from '../../../src/diagnostics/checks/tls-key-mode.ts'
import {tlsListener} from '../../../src/diagnostics/checks/tls-listener.ts'
import {tlsMutual} from '../../../src/diagnostics/checks/tls-mutual.ts'
import {certificate, handshake, mutual, outline} from '../whole-world.ts'
import {healthy, known, missing, server, snapshot, type World, worldFrom} from '../world.ts'
import type {CheckCases} from './check-case.ts'

const told = snapshot([server()])
const plain = {outline: outline({tls: null, jwtKeyFile: null, jwksUrls: []})}

function telling(change: Partial<typeof told>): World {
  return worldFrom(healthy, {'control.snapshot': known({snapshot: {...told, ...change}, mismatch: null})})
}

const everywhere = {...told.listen, host: '0.0.0.0'}
const access = {authenticates: true, failures: {}, limited: 0, issuers: []}
const issuer = {issuer: 'https://a', from: 'url https://a/jwks', keys: 0, readAt: null, error: 'HTTP 500'}
const expired = certificate([{id: 'validity', status: 'fail', summary: 'it expired 3 days ago, on 2025-12-30'}])

export const authCases: readonly CheckCases[] = [
  {
    check: authExposed,
    passing: [
      {when: 'it is on loopback', world: healthy, status: 'pass', summary: 'this machine only'},
      {
        when: 'it wants credentials',
        world: telling({listen: everywhere, access}),
        status: 'pass',
        summary: 'wants credentials',
      },
    ],
    failing: [
      {
        when: 'it is everywhere and wants none',
        world: telling({listen: everywhere}),
        status: 'warn',
        subject: '0.0.0.0',
        summary: 'everybody who reaches the port may use everything',
        remedy: 'auth keygen',
      },
    ],
  },
  {
    check: authKeyFile,
    passing: [
      {when: 'it holds keys', world: healthy, status: 'pass', summary: 'holds 1 keys'},
      {when: 'there is none', world: worldFrom(healthy, {}, plain), status: 'skip', summary: 'no key file'},
    ],
    failing: [
      {
        when: 'it is not there',
        world: worldFrom(healthy, {'auth.key_file': missing('absent', 'there is no file /etc/only1mcp/issuer.pem')}),
        status: 'fail',
        summary: 'the key file cannot be used: there is no file',
      },
    ],
  },
  {
    check: authIssuers,
    passing: [
      {when: 'they are there', world: healthy, status: 'pass', summary: 'has 2 keys'},
      {when: 'there is none', world: worldFrom(healthy, {}, plain), status: 'skip', summary: 'no issuer'},
    ],
    failing: [
      {
        when: 'they cannot be fetched',
        world: worldFrom(healthy, {'auth.jwks': missing('absent', 'https://auth.example.com/jwks.json: HTTP 404')}),
        status: 'fail',
        subject: 'https://auth.example.com/jwks.json',
        summary: 'the keys of an issuer cannot be had: https://auth.example.com/jwks.json: HTTP 404',
        remedy: 'curl -v',
      },
      {
        when: 'the set is empty',
        world: worldFrom(healthy, {'auth.jwks': known({keys: 0, ms: 3})}),
        status: 'fail',
        summary: 'the set is empty',
      },
    ],
  },
  {
    check: authRefused,
    passing: [
      {when: 'nobody has to prove anything', world: healthy, status: 'skip', summary: 'no credentials'},
      {when: 'few are', world: telling({access}), status: 'pass', summary: '0 attempts'},
    ],
    failing: [
      {
        when: 'many are',
        world: telling({access: {...access, failures: {InvalidApiKey: 400, TokenExpired: 2}}}),
        status: 'warn',
        summary: 'clients are refused: 402 attempts',
        evidence: '400 InvalidApiKey',
      },
      {
        when: 'the keys of an issuer are missing',
        world: telling({access: {...access, issuers: [issuer]}}),
        status: 'warn',
        subject: 'https://a',
        summary: 'clients are refused',
        evidence: 'HTTP 500',
      },
    ],
  },
  {
    check: tlsCertificate,
    passing: [
      {when: 'it is good', world: healthy, status: 'pass', summary: 'valid for 88 more days'},
      {when: 'there is none', world: worldFrom(healthy, {}, plain), status: 'skip', summary: 'no TLS listener'},
    ],
    failing: [
      {
        when: 'it has expired',
        world: worldFrom(healthy, {'tls.files': known(expired)}),
        status: 'fail',
        subject: '/etc/only1mcp/server.pem',
        summary: 'our certificate is not good: it expired 3 days ago',
        remedy: 'only1mcp auth cert',
      },
      {
        when: 'the file is not there',
        world: worldFrom(healthy, {'tls.files': missing('absent', 'there is no file')}),
        status: 'fail',
        summary: 'there is no file',
      },
    ],
  },
  {
    check: tlsKeyMode,
    passing: [{when: 'it is private', world: healthy, status: 'pass', summary: 'mode 0600'}],
    failing: [
      {
        when: 'all may read it',
        world: worldFrom(healthy, {
          'tls.key_mode': known({path: '/etc/only1mcp/server.key', mode: 0o644, ownedByUs: true}),
        }),
        status: 'warn',
        summary: 'the private key is readable by everybody',
        remedy: 'chmod 640',
      },
    ],
  },
  {
    check: tlsClientCa,
    passing: [{when: 'it is valid', world: healthy, status: 'pass', summary: 'the CA of client certificates'}],
    failing: [
      {
        when: 'it has expired',
        world: worldFrom(healthy, {'tls.ca': known(expired)}),
        status: 'fail',
        summary: 'the CA of client certificates is not good: it expired',
      },
    ],
  },
  {
    check: tlsListener,
    passing: [{when: 'it does', world: healthy, status: 'pass', summary: 'speaks TLSv1.3'}],
    failing: [
      {
        when: 'it speaks something else',
        world: worldFrom(healthy, {
          'tls.handshake': known(handshake({protocol: null, refusal: 'it speaks no TLS'})),
        }),
        status: 'fail',
        summary: 'the TLS listener does no handshake: it speaks no TLS',
        remedy: 'openssl s_client',
      },
    ],
  },
  {
    check: tlsMutual,
    passing: [
      {
        when: 'without one nobody gets in, with one somebody does',
        world: healthy,
        status: 'pass',
        summary: '/etc/only1mcp/client.pem is let in',
        evidence: 'without one: tlsv13 alert certificate required',
      },
      {
        when: 'none is at hand',
        world: worldFrom(healthy, {'tls.mutual': known(mutual({with: null}))}),
        status: 'pass',
        summary: 'none is at hand',
        evidence: 'ONLY1MCP_CLIENT_CERT',
      },
      {
        when: 'the gate refuses in words',
        world: worldFrom(healthy, {'tls.mutual': known(mutual({without: {refused: null, status: 401, ms: 3}}))}),
        status: 'pass',
        summary: 'is let in',
      },
    ],
    failing: [
      {
        when: 'one gets in without',
        world: worldFrom(healthy, {'tls.mutual': known(mutual({without: {refused: null, status: 200, ms: 3}}))}),
        status: 'fail',
        subject: 'port 8443',
        summary: 'client certificates do not work: without one the answer is 200',
        remedy: 'auth.mtls.enabled',
      },
      {
        when: 'a good one is refused',
        world: worldFrom(healthy, {
          'tls.mutual': known(
            mutual({with: {refused: 'tlsv1 alert unknown ca', status: null, ms: 3, certificate: '/c.pem'}}),
          ),
        }),
        status: 'fail',
        summary: 'a good one is refused: tlsv1 alert unknown ca',
        remedy: 'only1mcp auth cert /c.pem --ca /etc/only1mcp/ca.pem',
      },
      {
        when: 'it is no proof to the gate',
        world: worldFrom(
          healthy,
          {'tls.mutual': known(mutual({with: {refused: null, status: 403, ms: 3, certificate: '/c.pem'}}))},
          {outline: outline({authMethods: ['mtls']})},
        ),
        status: 'warn',
        summary: 'passes the handshake, but is not let in (403)',
        remedy: 'auth.mtls',
      },
    ],
    between: [
      {
        when: 'none are asked for',
        world: worldFrom(healthy, {}, plain),
        status: 'skip',
        summary: 'server.tls.client_ca',
      },
      {
        when: 'nobody listens',
        world: worldFrom(healthy, {'tls.mutual': missing('absent', '127.0.0.1:8443 cannot be reached')}),
        status: 'skip',
        summary: 'cannot be reached',
      },
      {
        when: 'it has other worries',
        world: worldFrom(healthy, {'tls.mutual': known(mutual({without: {refused: null, status: 503, ms: 3}}))}),
        status: 'skip',
        summary: 'tells nothing',
      },
    ],
  },
]
