export interface HostPort {
  readonly host: string
  readonly port: number
}

/** `127.0.0.1:8080`, `[::1]:8080`. */
export function formatHostPort({host, port}: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** The inverse of formatHostPort. @throws Error for anything else */
export function parseHostPort(text: string): HostPort {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  if (!match) throw new Error(`${JSON.stringify(text)} is not host:port`)
  return {host: match[1] ?? match[2] ?? '', port: Number(match[3])}
}

/** An address to dial for one that is listened on: "every address" is reached through loopback. */
export function dialable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::' || host === '[::]') return '::1'
  return host.replace(/^\[(.*)\]$/, '$1')
}

/** Reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/.test(host)
}
