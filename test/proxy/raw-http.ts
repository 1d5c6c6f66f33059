import {connect, type Socket} from 'node:net'

export interface RawReply {
  /** 0 when the connection ended without an answer. */
  readonly status: number
  readonly head: string
  readonly body: string
}

/** Sends bytes as they are on a connection of their own and reads until the other side ends it, or for `timeoutMs`. */
export function sendRaw(port: number, bytes: string | Uint8Array, timeoutMs = 5_000): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new Error(`the connection was still open after ${timeoutMs} ms; so far: ${text}`))
    }, timeoutMs)
    socket.setEncoding('latin1').on('data', chunk => {
      text += chunk
    })
    socket.on('error', () => {}) // a reset after the answer: what was read counts
    socket.on('close', () => {
      clearTimeout(timer)
      const [head = '', body = ''] = text.split('\r\n\r\n', 2)
      resolve({status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head, body})
    })
  })
}

/** A request as text; the connection is closed after the answer. */
export function rawRequest(
  line: string,
  headers: readonly (readonly [string, string])[],
  body = '',
  framing: 'length' | 'none' = 'length',
): string {
  const all = [...headers, ['connection', 'close'] as const]
  if (framing === 'length') all.push(['content-length', String(Buffer.byteLength(body))])
  return `${line} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}

/** A client that never finishes its headers: a byte of one each `everyMs`. Resolves with its lifetime in milliseconds. */
export function dribbleHeaders(
  port: number,
  everyMs: number,
): {readonly ended: Promise<number>; readonly socket: Socket} {
  const began = performance.now()
  const socket = connect(port, '127.0.0.1', () => {
    socket.write('POST /mcp HTTP/1.1\r\nhost: localhost\r\nx-slow: ')
  })
  const timer = setInterval(() => socket.write('a'), everyMs)
  socket.resume()
  socket.on('error', () => {}) // closed by the other side is what the test waits for
  const ended = new Promise<number>(resolve => {
    socket.on('close', () => {
      clearInterval(timer)
      resolve(performance.now() - began)
    })
  })
  return {ended, socket}
}
