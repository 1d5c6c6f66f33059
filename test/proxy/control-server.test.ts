import {statSync} from 'node:fs'
import {connect} from 'node:net'
import {join} from 'node:path'
import {expect, it, vi} from 'vitest'
import type {Snapshot} from '../../src/control/contract/snapshot.ts'
import {startControlServer} from '../../src/proxy/control-server.ts'
import {EventLog} from '../../src/proxy/event-log.ts'
import {systemClock} from '../../src/shared/clock.ts'
import {atEnd} from '../helpers/at-end.ts'
import {tempDir} from '../helpers/temp-dir.ts'

async function start() {
  const socketPath = join(tempDir(), 'control.sock')
  const events = new EventLog('test', systemClock)
  const server = await startControlServer({
    socketPath,
    events,
    snapshot: () => ({}) as Snapshot,
    lists: () => undefined,
    probe: () => undefined,
    actions: {stop: () => ({ok: true, message: ''})},
  })
  atEnd(() => {
    server.close()
    server.closeAllConnections()
  })
  return {socketPath, events}
}

it('lets only its own user in', async () => {
  const {socketPath} = await start()
  expect(statSync(socketPath).mode & 0o777).toBe(0o600)
})

it('keeps a bounded queue for a reader that stalls, and asks it to take a new snapshot when it reads on', async () => {
  const {socketPath, events} = await start()
  const socket = connect(socketPath, () => socket.write('GET /v1/events?since=0 HTTP/1.1\r\nhost: x\r\n\r\n'))
  atEnd(() => void socket.destroy())
  await new Promise(resolve => socket.once('data', resolve))
  socket.pause()

  const text = 'x'.repeat(16 * 1024)
  const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed
  for (let i = 0; i < 8_000; i++) {
    events.emit({type: 'lifecycle', what: 'flood', message: text})
    if (i % 100 === 0) await new Promise(resolve => setImmediate(resolve))
  }
  // 128 MB went by; a quarter of a MiB of it is held for this reader, and the newest 2048 events for all.
  expect(process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before).toBeLessThan(80 * 1024 * 1024)

  let received = ''
  socket.setEncoding('latin1').on('data', chunk => {
    received += chunk
  })
  socket.resume()
  await vi.waitFor(
    () => expect(received).toMatch(/"type":"resync","seq":8000,.*"why":"this reader was too slow"/),
    5_000,
  )
  expect(received.length).toBeLessThan(8 * 1024 * 1024)

  events.emit({type: 'lifecycle', what: 'after', message: 'on it goes'})
  await vi.waitFor(() => expect(received).toMatch(/"what":"after","message":"on it goes","seq":8001/))
})
