import type {IncomingMessage} from 'node:http'

export type BodyRead =
  | {readonly state: 'read'; readonly body: Buffer}
  | {readonly state: 'too-large'}
  /** Others have filled the budget. */
  | {readonly state: 'no-room'}
  | {readonly state: 'aborted'}

/** What unfinished bodies may hold altogether: many slow large requests must not take the memory of all. */
export interface BodyBudget {
  readonly maxBytes: number
  heldBytes: number
}

/** Reads a request's body up to a limit; beyond it nothing is kept, and the caller answers 413 and closes. */
export function readBody(request: IncomingMessage, maxBytes: number, budget: BodyBudget): Promise<BodyRead> {
  return new Promise(resolve => {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return resolve({state: 'too-large'})
    const chunks: Buffer[] = []
    let size = 0
    let ended = false
    const end = (read: BodyRead): void => {
      if (ended) return
      ended = true
      budget.heldBytes -= size
      resolve(read)
    }
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      budget.heldBytes += chunk.length
      if (size > maxBytes || budget.heldBytes > budget.maxBytes) {
        request.removeAllListeners('data')
        request.pause()
        return end({state: size > maxBytes ? 'too-large' : 'no-room'})
      }
      chunks.push(chunk)
    })
    request.on('end', () =>
      end({state: 'read', body: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)}),
    )
    request.on('error', () => end({state: 'aborted'}))
    request.on('close', () => end({state: 'aborted'}))
  })
}
