import type {IncomingMessage} from 'node:http'

export type BodyRead =
  | {readonly state: 'read'; readonly body: Buffer}
  /** With what of its beginning is there, for the id. */
  | {readonly state: 'too-large'; readonly head: Buffer}
  /** Others have filled the budget. */
  | {readonly state: 'no-room'}
  | {readonly state: 'aborted'}

/** What unfinished bodies may hold altogether: many slow large requests must not take the memory of all. */
export interface BodyBudget {
  maxBytes: number
  heldBytes: number
}

/** Reads a request's body up to a limit; beyond it nothing is kept, and the caller answers 413 and closes. */
export function readBody(request: IncomingMessage, maxBytes: number, budget: BodyBudget): Promise<BodyRead> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return readHead(request)
  return new Promise(resolve => {
    let first: Buffer | undefined
    let more: Buffer[] | undefined
    let size = 0
    let ended = false
    const end = (read: BodyRead): void => {
      ended = true
      budget.heldBytes -= size
      resolve(read)
    }
    const broken = (): void => {
      if (!ended) end({state: 'aborted'})
    }
    request
      .on('data', (chunk: Buffer) => {
        if (ended) return
        size += chunk.length
        budget.heldBytes += chunk.length
        if (size > maxBytes || budget.heldBytes > budget.maxBytes) {
          request.removeAllListeners('data')
          request.pause()
          return end(size > maxBytes ? {state: 'too-large', head: first ?? chunk} : {state: 'no-room'})
        }
        // Nearly all bodies come in one piece.
        if (first === undefined) first = chunk
        else {
          more ??= [first]
          more.push(chunk)
        }
      })
      .on('end', () => {
        if (!ended) end({state: 'read', body: more === undefined ? (first ?? none) : Buffer.concat(more)})
      })
      .on('error', broken)
      .on('close', broken)
  })
}

/** A client may wait for our answer before it sends a body of that length. */
const headWithinMs = 200

/** The first piece of a body that is not read. */
function readHead(request: IncomingMessage): Promise<BodyRead> {
  return new Promise(resolve => {
    const end = (head: Buffer): void => {
      clearTimeout(timer)
      request.removeAllListeners('data')
      request.pause()
      resolve({state: 'too-large', head})
    }
    const timer = setTimeout(end, headWithinMs, none)
    request.once('data', end)
    request.once('close', () => end(none))
    request.once('error', () => end(none))
  })
}

const none = Buffer.alloc(0)
