import type {IncomingMessage} from 'node:http'

export type BodyRead =
  | {readonly state: 'read'; readonly body: Buffer}
  | {readonly state: 'too-large'}
  | {readonly state: 'aborted'}

/** Reads a request's body up to a limit; beyond it nothing is kept, and the caller answers 413 and closes. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyRead> {
  return new Promise(resolve => {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return resolve({state: 'too-large'})
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBytes) {
        request.removeAllListeners('data')
        request.pause()
        return resolve({state: 'too-large'})
      }
      chunks.push(chunk)
    })
    request.on('end', () =>
      resolve({state: 'read', body: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)}),
    )
    request.on('error', () => resolve({state: 'aborted'}))
    request.on('close', () => resolve({state: 'aborted'}))
  })
}
