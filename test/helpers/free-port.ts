import {randomInt} from 'node:crypto'
import {once} from 'node:events'
import {createServer} from 'node:net'
import {errnoCode} from '../../src/shared/errors.ts'

/** Below the range that Linux gives to connections and to port 0 (32768 to 60999): nobody gets one of these by chance. */
const [lowest, highest] = [12_000, 32_000]

/**
 * A loopback port on which nothing listens now. Another program may take it before you do, which is unlikely: where the
 * program under test can be given port 0, do that instead and read what it got.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest)
    const server = createServer()
    try {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    } catch (error) {
      if (errnoCode(error) === 'EADDRINUSE' || errnoCode(error) === 'EACCES') continue
      throw error
    }
    server.close()
    await once(server, 'close')
    return port
  }
}
