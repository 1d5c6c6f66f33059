import type {KeptFile, ProxyEndpoint, ProxyRefusals, RuntimeProbe} from '../../../src/diagnostics/facts/suites.ts'

export function kept(change: Partial<KeptFile> = {}): KeptFile {
  return {
    path: '/var/lib/only1mcp/session.key',
    kind: 'file',
    mode: 0o600,
    bytes: 32,
    owner: 'only1mcp',
    ownedByUs: true,
    ...change,
  }
}

export function runtimeProbe(change: Partial<RuntimeProbe> = {}): RuntimeProbe {
  return {ok: true, latencyMs: 3, error: null, status: 'up', tools: 12, blame: null, ...change}
}

export function endpoint(change: Partial<ProxyEndpoint> = {}): ProxyEndpoint {
  return {
    url: 'http://127.0.0.1:8080/mcp',
    failure: null,
    era: 'modern',
    protocolVersion: '2026-07-28',
    openMs: 12,
    tools: 13,
    withKey: false,
    ...change,
  }
}

export function refusals(change: Partial<ProxyRefusals> = {}): ProxyRefusals {
  return {url: 'http://127.0.0.1:8080/mcp', foreignHost: 403, foreignOrigin: 403, anonymous: 401, ...change}
}
