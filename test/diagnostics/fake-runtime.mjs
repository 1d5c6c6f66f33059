/**
 * A stand-in for a runtime: its record, its control socket and its health endpoint, without what lies behind them.
 * usage: node fake-runtime.mjs STATE_DIR SNAPSHOT_JSON [HEALTH_STATUS]; prints its record as one line once it serves.
 */
import {readFileSync, writeFileSync} from 'node:fs'
import http from 'node:http'
import {join} from 'node:path'

const [stateDir, snapshotJson, healthStatus = '200'] = process.argv.slice(2)
const snapshot = JSON.parse(snapshotJson)
const reply = (response, status, body) => response.writeHead(status).end(JSON.stringify(body))

const front = http.createServer((request, response) => {
  if (request.url !== '/health') return reply(response, 404, {error: 'no such path'})
  const bad = healthStatus === '200' ? {status: 'ok'} : {status: 'unavailable', reason: 'no server is usable'}
  reply(response, Number(healthStatus), {...bad, servers: {}})
})
front.listen(0, '127.0.0.1', () => {
  const {port} = front.address()
  const stat = readFileSync(`/proc/${process.pid}/stat`, 'utf8')
  const startTicks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  const socket = join(stateDir, 'control.sock')
  const listen = {...snapshot.listen, port}
  const control = http.createServer((_, response) => reply(response, 200, {...snapshot, pid: process.pid, listen}))
  control.listen(socket, () => {
    const record = {
      schemaVersion: 1,
      instance: snapshot.instance,
      pid: process.pid,
      startTicks,
      startedAt: new Date().toISOString(),
      argv: process.argv,
      version: '1.0.0',
      configPath: process.env.FAKE_CONFIG ?? null,
      statePath: stateDir,
      logPath: join(stateDir, 'log'),
      host: '127.0.0.1',
      port,
      metricsHost: null,
      metricsPort: null,
      socket,
    }
    writeFileSync(join(stateDir, 'runtime.json'), JSON.stringify(record))
    console.log(JSON.stringify(record))
  })
})
