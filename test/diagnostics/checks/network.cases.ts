import {networkConnect} from '../../../src/diagnostics/checks/network-connect.ts'
import {networkConnections} from '../../../src/diagnostics/checks/network-connections.ts'
import {networkDns} from '../../../src/diagnostics/checks/network-dns.ts'
import {networkFirewall} from '../../../src/diagnostics/checks/network-firewall.ts'
import {networkLatency} from '../../../src/diagnostics/checks/network-latency.ts'
import {networkProxyVariables} from '../../../src/diagnostics/checks/network-proxy-variables.ts'
import {networkTls} from '../../../src/diagnostics/checks/network-tls.ts'
import {handshake, httpServer, outline, sockets} from '../whole-world.ts'
import {healthy, known, missing, worldFrom} from '../world.ts'
import type {CheckCases} from './check-case.ts'

const alone = {outline: outline({servers: []})}
const thousand = {outline: outline({servers: Array.from({length: 1000}, (_, i) => httpServer({id: `s${i}`}))})}

export const networkCases: readonly CheckCases[] = [
  {
    check: networkDns,
    passing: [
      {when: 'all do', world: healthy, status: 'pass', summary: 'hosts of 1 endpoints resolve'},
      {when: 'there are none', world: worldFrom(healthy, {}, alone), status: 'skip', summary: 'no server'},
    ],
    failing: [
      {
        when: 'one does not',
        world: worldFrom(healthy, {'net.dns': known({addresses: [], code: 'ENOTFOUND', ms: 2})}),
        status: 'fail',
        subject: 'web',
        summary: 'web: mcp.example.com does not resolve (ENOTFOUND)',
        remedy: 'getent hosts mcp.example.com',
      },
      {
        when: 'a thousand do not',
        world: worldFrom(healthy, {'net.dns': known({addresses: [], code: 'EAI_AGAIN', ms: 2})}, thousand),
        status: 'fail',
        summary: 'does not resolve (EAI_AGAIN)',
        evidence: 'the DNS server did not answer',
      },
      {
        when: 'it takes long',
        world: worldFrom(healthy, {'net.dns': known({addresses: ['192.0.2.1'], code: null, ms: 3000})}),
        status: 'warn',
        summary: 'only after 3000 ms',
      },
    ],
  },
  {
    check: networkConnect,
    passing: [{when: 'all do', world: healthy, status: 'pass', summary: '1 endpoints accept'}],
    failing: [
      {
        when: 'one refuses',
        world: worldFrom(healthy, {'tcp.dial': known({open: false, code: 'ECONNREFUSED', ms: 1})}),
        status: 'fail',
        subject: 'web',
        summary: 'web: mcp.example.com:443 does not accept connections (ECONNREFUSED)',
        remedy: 'nc -vz mcp.example.com 443',
      },
      {
        when: 'the server is there on another address of this machine',
        world: worldFrom(
          healthy,
          {
            'tcp.dial': known({open: false, code: 'ECONNREFUSED', ms: 1}),
            'host.listeners': known([{address: '::1', port: 3000, user: 'alice'}]),
          },
          {outline: outline({servers: [httpServer({host: 'localhost', port: 3000})]})},
        ),
        status: 'fail',
        summary:
          'web: localhost:3000 does not accept connections (ECONNREFUSED): a program of user alice listens on [::1]:3000 only',
        remedy: 'write [::1]:3000 in endpoint of web',
      },
      {
        when: 'one stays silent',
        world: worldFrom(healthy, {'tcp.dial': missing('timeout', 'no answer within 2s')}),
        status: 'fail',
        summary: 'does not accept connections (ETIMEDOUT)',
        evidence: 'packets are dropped',
      },
    ],
  },
  {
    check: networkTls,
    passing: [
      {when: 'it is taken', world: healthy, status: 'pass', summary: 'certificates of 1 endpoints'},
      {when: 'nothing is https', world: worldFrom(healthy, {}, alone), status: 'skip', summary: 'no server'},
    ],
    failing: [
      {
        when: 'it has expired',
        world: worldFrom(healthy, {
          'tls.handshake': known(handshake({refusal: 'its certificate has expired', daysLeft: -3})),
        }),
        status: 'fail',
        subject: 'web',
        summary: 'the certificate of mcp.example.com:443 is refused: its certificate has expired',
        evidence: 'issued by Example CA',
        remedy: 'have the certificate of mcp.example.com:443 renewed',
      },
      {
        when: 'it is for another host',
        world: worldFrom(healthy, {
          'tls.handshake': known(handshake({refusal: 'its certificate is for another host'})),
        }),
        status: 'fail',
        summary: 'for another host',
        remedy: 'write a name that it is good for in endpoint of web',
      },
      {
        when: 'its CA is not known',
        world: worldFrom(healthy, {'tls.handshake': known(handshake({refusal: 'its CA is not known here'}))}),
        status: 'fail',
        summary: 'its CA is not known here',
        remedy: 'name its CA in servers[].auth.tls.ca of web',
      },
      {
        when: 'it speaks no TLS',
        world: worldFrom(healthy, {
          'tls.handshake': known(handshake({refusal: 'it speaks no TLS', protocol: null, subject: null})),
        }),
        status: 'fail',
        subject: 'web',
        summary: 'web: mcp.example.com:443 cannot be reached over TLS: it speaks no TLS',
        remedy: 'write http:// in endpoint of web',
      },
      {
        when: 'it ends soon',
        world: worldFrom(healthy, {'tls.handshake': known(handshake({daysLeft: 3}))}),
        status: 'warn',
        summary: 'ends in 3 days',
      },
    ],
    between: [
      {
        when: 'nobody can be reached',
        world: worldFrom(healthy, {'tls.handshake': missing('absent', 'cannot be reached')}),
        status: 'skip',
        summary: 'cannot be reached',
      },
    ],
  },
  {
    check: networkLatency,
    passing: [
      {when: 'it is short', world: healthy, status: 'pass', summary: '1 ms at most'},
      {
        when: 'it stays on this machine, which is busy',
        world: worldFrom(
          healthy,
          {'tcp.dial': known({open: true, code: null, ms: 900})},
          {outline: outline({servers: [httpServer({host: '127.0.0.1'})]})},
        ),
        status: 'skip',
        summary: 'on another machine',
      },
    ],
    failing: [
      {
        when: 'it is long',
        world: worldFrom(healthy, {'tcp.dial': known({open: true, code: null, ms: 900})}),
        status: 'warn',
        subject: 'web',
        summary: 'web: the way to mcp.example.com is long: 900 ms',
      },
    ],
  },
  {
    check: networkConnections,
    passing: [
      {when: 'they are few', world: healthy, status: 'pass', summary: '4 ESTABLISHED'},
      {
        when: 'they are for root to see',
        world: worldFrom(healthy, {'host.sockets': known(sockets({ofProcess: null}))}),
        status: 'skip',
        summary: 'not for this user',
      },
    ],
    failing: [
      {
        when: 'the runtime does not let go of dead ones',
        world: worldFrom(healthy, {'host.sockets': known(sockets({ofProcess: {CLOSE_WAIT: 400}}))}),
        status: 'warn',
        summary: 'connections pile up: 400 CLOSE_WAIT',
        remedy: 'grep pid=4242,',
      },
      {
        when: 'each request makes one',
        world: worldFrom(healthy, {'host.sockets': known(sockets({states: {TIME_WAIT: 20_000}}))}),
        status: 'warn',
        summary: '20000 TIME_WAIT',
      },
    ],
  },
  {
    check: networkFirewall,
    passing: [
      {when: 'no rule drops it', world: healthy, status: 'pass', summary: 'none drops port 8080'},
      {
        when: 'a rule drops another port that begins alike',
        world: worldFrom(healthy, {
          'host.firewall': known({tool: 'nft', rules: ['tcp dport 80800 drop', 'tcp dport 808 drop']}),
        }),
        status: 'pass',
        summary: 'none drops',
      },
      {
        when: 'only root may read the rules',
        world: worldFrom(healthy, {'host.firewall': missing('denied', 'nft is for root')}),
        status: 'skip',
        summary: 'nft is for root',
        remedy: 'root',
      },
    ],
    failing: [
      {
        when: 'a rule of iptables does',
        world: worldFrom(healthy, {
          'host.firewall': known({tool: 'iptables', rules: ['-A INPUT -p tcp -m tcp --dport 8080 -j DROP']}),
        }),
        status: 'warn',
        summary: 'a firewall rule drops port 8080',
        evidence: '--dport 8080 -j DROP',
      },
      {
        when: 'a rule of nft with a set does',
        world: worldFrom(healthy, {'host.firewall': known({tool: 'nft', rules: ['tcp dport { 22, 8080 } reject']})}),
        status: 'warn',
        summary: 'a firewall rule drops port 8080',
      },
    ],
  },
  {
    check: networkProxyVariables,
    passing: [
      {when: 'none is set', world: healthy, status: 'pass', summary: 'no proxy variable'},
      {
        when: 'no endpoint is outside',
        world: worldFrom(
          healthy,
          {'process.proxy_variables': known([{name: 'HTTPS_PROXY', value: 'proxy:3128'}])},
          {outline: outline({servers: [httpServer({host: '127.0.0.1'})]})},
        ),
        status: 'pass',
        summary: 'no endpoint is outside',
      },
    ],
    failing: [
      {
        when: 'endpoints are outside',
        world: worldFrom(healthy, {'process.proxy_variables': known([{name: 'HTTPS_PROXY', value: 'proxy:3128'}])}),
        status: 'warn',
        summary: 'proxy variables have no effect: HTTPS_PROXY is set, and 1 endpoints are reached directly',
        evidence: 'web (mcp.example.com)',
      },
    ],
  },
]
