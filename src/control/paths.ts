import {join} from 'node:path'

/**
 * The contract between the runtime and every console: HTTP and NDJSON over the control socket. A console reads any
 * minor version of its major; unknown keys and event types are passed over. Strings travel raw, as they came from
 * clients and backends: the client side makes SafeText of them.
 */
export const contractVersion = '1.0'
export const contractMajor = 1

/** Paths of the control API on the socket. */
export const controlPath = {
  snapshot: '/v1/snapshot',
  events: '/v1/events',
  probe: '/v1/probe',
  lists: '/v1/lists',
  action: (id: string) => `/v1/actions/${encodeURIComponent(id)}`,
} as const

/** `<state>/runtime.json`: who runs here. */
export function runtimeFilePath(stateDir: string): string {
  return join(stateDir, 'runtime.json')
}
