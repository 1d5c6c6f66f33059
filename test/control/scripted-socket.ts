import http, {type IncomingMessage, type ServerResponse} from 'node:http'
import {createServer, type Server} from 'node:net'
import {join} from 'node:path'
import {atEnd} from '../helpers/at-end.ts'
import {tempDir} from '../helpers/temp-dir.ts'

/** A control socket that answers as the test says. @returns its path */
export async function scriptedSocket(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  return listening(http.createServer(answer))
}

/** A socket that accepts and never says a word, as a hung runtime does. */
export async function silentSocket(): Promise<string> {
  return listening(createServer(() => {}))
}

async function listening(server: Server): Promise<string> {
  const path = join(tempDir(), 'control.sock')
  const open = new Set<{destroy(): void}>()
  server.on('connection', socket => open.add(socket))
  await new Promise<void>(resolve => server.listen(path, resolve))
  atEnd(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  return path
}
