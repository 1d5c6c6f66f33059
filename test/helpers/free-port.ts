import {once} from 'node:events'
import {type AddressInfo, createServer} from 'node:net'

/**
 * A loopback port on which nothing listens now. Another program may take it before you do: where the program under
 * test can be given port 0, do that instead and read what it got.
 */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
