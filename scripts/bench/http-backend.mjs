/**
 * The backend of the benchmark: legacy Streamable HTTP without sessions, on raw sockets, from prebuilt bytes, so that
 * what is measured is the proxy; `/few` lists ten tools instead of a hundred. Needs Content-Length. Prints `listening <port>`.
 */
import {createServer} from 'node:net'
import {answerTo} from './payloads.mjs'

const reply = (status, body) =>
  `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
const accepted = 'HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n'
const notAllowed = reply('405 Method Not Allowed', '')

/** The first whole request in `bytes`, or undefined when more must come. */
function takeRequest(bytes) {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const head = bytes.latin1Slice(0, headEnd)
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
  const end = headEnd + 4 + length
  if (bytes.length < end) return undefined
  const few = head.startsWith('POST /few ')
  return {isPost: head.startsWith('POST '), few, body: bytes.utf8Slice(headEnd + 4, end), rest: bytes.subarray(end)}
}

const server = createServer({noDelay: true}, socket => {
  let pending = Buffer.alloc(0)
  socket.on('error', () => socket.destroy()) // a peer that resets is done
  socket.on('data', chunk => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    for (let request = takeRequest(pending); request !== undefined; request = takeRequest(pending)) {
      pending = request.rest
      if (!request.isPost) {
        socket.write(notAllowed)
        continue
      }
      const answer = answerTo(request.body, request.few)
      socket.write(answer === undefined ? accepted : reply('200 OK', answer))
    }
  })
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`listening ${server.address().port}\n`))
