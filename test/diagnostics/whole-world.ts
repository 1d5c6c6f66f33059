import type {CertificateReport} from '../../src/auth/inspect-certificate.ts'
import type {
  MutualTls,
  OfferedTool,
  ProbeResult,
  TlsHandshake,
  ToolsSight,
} from '../../src/diagnostics/facts/backends.ts'
import type {ConfigOutline, FileSight, ServerOutline, StateUse} from '../../src/diagnostics/facts/config.ts'
import type {CgroupLimits, ProcessDetails, RunningRuntime, SocketCounts} from '../../src/diagnostics/facts/host.ts'

const gib = 1024 ** 3

/** What only a whole run looks at, on a machine of which nothing bad can be said. */
export function stdioServer(change: Partial<ServerOutline> = {}): ServerOutline {
  return {
    id: 'github',
    transport: 'stdio',
    command: 'github-mcp',
    target: 'github-mcp --stdio',
    host: null,
    port: null,
    secure: false,
    prefix: 'github',
    group: 'github',
    credentials: false,
    variables: [],
    ...change,
  }
}

export function httpServer(change: Partial<ServerOutline> = {}): ServerOutline {
  return stdioServer({
    id: 'web',
    transport: 'http',
    command: null,
    target: 'https://mcp.example.com/mcp',
    host: 'mcp.example.com',
    port: 443,
    secure: true,
    prefix: 'web',
    group: 'web',
    credentials: true,
    ...change,
  })
}

export function outline(change: Partial<ConfigOutline> = {}): ConfigOutline {
  return {
    sha256: '0'.repeat(64),
    servers: [stdioServer(), httpServer()],
    listen: {host: '127.0.0.1', port: 8080},
    tls: {
      port: 8443,
      cert: '/etc/only1mcp/server.pem',
      key: '/etc/only1mcp/server.key',
      clientCa: '/etc/only1mcp/ca.pem',
    },
    authMethods: ['jwt'],
    jwtKeyFile: '/etc/only1mcp/issuer.pem',
    jwksUrls: ['https://auth.example.com/jwks.json'],
    redis: {host: '10.0.0.5', port: 6379},
    requestLog: 'postgres',
    logRotation: true,
    rateLimited: true,
    metrics: {host: '127.0.0.1', port: 9091},
    profiling: null,
    ...change,
  }
}

export function file(change: Partial<FileSight> = {}): FileSight {
  return {
    path: '/etc/only1mcp/config.yaml',
    mode: 0o640,
    owner: 'only1mcp',
    ownedByUs: true,
    sha256: '0'.repeat(64),
    openFolders: [],
    ...change,
  }
}

export function details(change: Partial<ProcessDetails> = {}): ProcessDetails {
  return {
    pid: 4242,
    user: 'only1mcp',
    uptimeMs: 86_400_000,
    rssBytes: 120 * 1024 ** 2,
    peakRssBytes: 150 * 1024 ** 2,
    swapBytes: 0,
    threads: 11,
    descriptors: 40,
    descriptorLimit: 65_536,
    zombies: [],
    programReplaced: false,
    ...change,
  }
}

export function sockets(change: Partial<SocketCounts> = {}): SocketCounts {
  return {
    states: {ESTABLISHED: 40, LISTEN: 12},
    ofProcess: {ESTABLISHED: 4, LISTEN: 2},
    ephemeral: {low: 32_768, high: 60_999, used: 120},
    ...change,
  }
}

export function cgroup(change: Partial<CgroupLimits> = {}): CgroupLimits {
  return {
    version: 2,
    path: '/system.slice/only1mcp.service',
    memoryLimitBytes: 2 * gib,
    memoryUsedBytes: gib / 4,
    oomKills: 0,
    pidsLimit: 4096,
    pidsUsed: 30,
    ...change,
  }
}

export function handshake(change: Partial<TlsHandshake> = {}): TlsHandshake {
  return {
    refusal: null,
    protocol: 'TLSv1.3',
    subject: 'mcp.example.com',
    issuer: 'Example CA',
    names: 'DNS:mcp.example.com',
    notAfter: '2026-04-01T00:00:00.000Z',
    daysLeft: 88,
    ms: 20,
    ...change,
  }
}

export function probe(change: Partial<ProbeResult> = {}): ProbeResult {
  return {
    ok: true,
    step: 'done',
    failure: null,
    era: 'legacy',
    protocolVersion: '2025-11-25',
    implementation: 'example 1.0.0',
    openMs: 80,
    tools: [{name: 'search', bytes: 400, fault: null}],
    toolBytes: 400,
    stderrTail: [],
    ...change,
  }
}

/** A tool of a server with the prefix `github`. */
export function offered(change: Partial<OfferedTool> = {}): OfferedTool {
  const {name = 'search'} = change
  const wanted = `github__${name}`
  return {name, bytes: 400, fault: null, wanted, exposed: wanted, takenBy: null, hidden: null, ...change}
}

export function tools(all: readonly OfferedTool[] = [offered()], from: ToolsSight['from'] = 'probe'): ToolsSight {
  return {from, tools: all, toolBytes: all.reduce((sum, {bytes}) => sum + bytes, 0)}
}

export function mutual(change: Partial<MutualTls> = {}): MutualTls {
  return {
    without: {refused: 'tlsv13 alert certificate required', status: null, ms: 9},
    with: {refused: null, status: 200, ms: 12, certificate: '/etc/only1mcp/client.pem'},
    ...change,
  }
}

export function certificate(
  checks: CertificateReport['checks'] = [{id: 'validity', status: 'pass', summary: 'it is valid for 88 days more'}],
): CertificateReport {
  const facts = {
    subject: 'CN=mcp.example.com',
    issuer: 'CN=Example CA',
    names: ['mcp.example.com'],
    notBefore: '2026-01-01T00:00:00.000Z',
    notAfter: '2026-04-01T00:00:00.000Z',
    serial: '01',
    sha256: 'AA',
    key: 'EC prime256v1',
    ca: false,
  }
  return {certificates: [facts], daysLeft: 88, checks}
}

const value = <T>(it: T) => ({state: 'known', value: it}) as const

export const wholeFacts = {
  'config.outline': value(outline()),
  'config.file': value(file()),
  'config.plain_secrets': value<readonly string[]>([]),
  'config.empty_variables': value<readonly string[]>([]),
  'state.folder': value({path: '/var/lib/only1mcp', mode: 0o700, owner: 'only1mcp', ownedByUs: true, leftovers: []}),
  'state.usable': value<StateUse>({fault: null, remedy: ''}),
  'process.runtimes': value<readonly RunningRuntime[]>([
    {pid: 4242, configPath: '/etc/only1mcp/config.yaml', stateDir: '/var/lib/only1mcp'},
  ]),
  'logs.sizes': value({
    folder: '/var/log/only1mcp',
    writable: true,
    owner: 'only1mcp',
    mode: 0o750,
    totalBytes: 1024 ** 2,
    largest: {name: 'access.log', bytes: 1024 ** 2},
  }),
  'host.memory': value({totalBytes: 16 * gib, availableBytes: 8 * gib, swapTotalBytes: gib, swapFreeBytes: gib}),
  'host.disk': value({
    folder: '/var',
    totalBytes: 100 * gib,
    freeBytes: 50 * gib,
    totalInodes: 1_000_000,
    freeInodes: 900_000,
  }),
  'host.clock': value({movedMs: 12, synchronized: true, by: 'systemd-timesyncd', wallMs: Date.UTC(2026, 0, 3)}),
  'host.sockets': value(sockets()),
  'host.cgroup': value(cgroup()),
  'host.unit': value({
    unit: 'only1mcp.service',
    settings: [{file: '/etc/systemd/system/only1mcp.service', line: 5, name: 'MemoryMax', value: '2G'}],
  }),
  'host.firewall': value({tool: 'nft' as const, rules: ['tcp dport 8080 accept']}),
  'process.details': value(details()),
  'process.owned': value({processes: [], watched: [], unreadable: 0}),
  'process.proxy_variables': value([]),
  'install.self': value({
    version: '1.0.0',
    node: 'v24.0.0',
    launcher: {path: '/opt/only1mcp/bin/only1mcp', mode: 0o755, ownedByUs: true},
  }),
  'net.dns': value({addresses: ['192.0.2.10'], code: null, ms: 3}),
  'tls.handshake': value(handshake()),
  'tls.files': value(certificate()),
  'tls.ca': value(certificate()),
  'tls.key_mode': value({path: '/etc/only1mcp/server.key', mode: 0o600, ownedByUs: true}),
  'auth.key_file': value({keys: 1}),
  'auth.jwks': value({keys: 2, ms: 30}),
  'backend.command': value({command: 'github-mcp', file: '/usr/bin/github-mcp', fault: null, lacksBit: false}),
  'backend.probe': value(probe()),
  'backend.tools': value(tools()),
  'tls.mutual': value(mutual()),
  'state.session_key': value({
    path: '/var/lib/only1mcp/session.key',
    kind: 'file' as const,
    mode: 0o600,
    bytes: 32,
    owner: 'only1mcp',
    ownedByUs: true,
  }),
  'state.generations': value({folder: '/var/lib/only1mcp/generations', whole: 2, broken: []}),
  'state.artefacts': value([{name: 'before-upgrade', mode: 0o700, bytes: 4096, fault: null}]),
  'logs.modes': value([
    {
      path: '/var/log/only1mcp/access.log',
      kind: 'file' as const,
      mode: 0o640,
      bytes: 512,
      owner: 'only1mcp',
      ownedByUs: true,
    },
  ]),
  'runtime.probe': value({ok: true, latencyMs: 3, error: null, status: 'up' as const, tools: 2, blame: null}),
  'proxy.endpoint': value({
    url: 'http://127.0.0.1:8080/mcp',
    failure: null,
    era: 'modern' as const,
    protocolVersion: '2026-07-28',
    openMs: 4,
    tools: 12,
    withKey: false,
  }),
  'proxy.refusals': value({url: 'http://127.0.0.1:8080/mcp', foreignHost: 403, foreignOrigin: 403, anonymous: 401}),
  'store.integrity': value({path: '/var/lib/only1mcp/requests.db', bytes: 4096, faults: [], putAside: []}),
  'store.postgres': value({rows: true, ms: 4}),
  'store.redis': value({answer: '+PONG', ms: 1}),
  'store.breakers': value([]),
  'requests.recent': value({
    recent: {count: 500, errors: 1, p99Ms: 300},
    before: {count: 50_000, errors: 90, p99Ms: 280},
    methods: [{method: 'tools/call', p99Ms: 300, count: 400}],
  }),
}
