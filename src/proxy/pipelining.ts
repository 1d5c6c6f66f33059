import type {RequestListener, ServerResponse} from 'node:http'
import type {Socket} from 'node:net'

/** Requests of one connection behind one that is not answered yet. No MCP client sends even one. */
const most = 16

const waiting = new WeakMap<Socket, number>()

/**
 * Counts the requests that a client sends ahead on one connection. Node starts all of them at once, a thousand from one
 * packet, which would get past every limit on connections: such a connection is ended.
 * @returns false where the request must not be served
 */
export function mayPipeline(socket: Socket, response: ServerResponse): boolean {
  // What else came in the packet is still parsed.
  if (socket.destroyed) return false
  const count = (waiting.get(socket) ?? 0) + 1
  if (count > most) {
    socket.destroy()
    return false
  }
  waiting.set(socket, count)
  response.once('close', () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1))
  return true
}

/** The same for listeners whose answers are large or dear, which nobody asks for ahead: one at a time. */
export function oneAtATime(listener: RequestListener): RequestListener {
  return (request, response) => {
    if (response.socket === null) request.socket.destroy()
    else if (!request.socket.destroyed) listener(request, response)
  }
}
