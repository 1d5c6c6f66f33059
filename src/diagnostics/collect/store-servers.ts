import net from 'node:net'
import tls from 'node:tls'
import {errnoCode, messageOf} from '../../shared/errors.ts'
import {openRequestLogReader} from '../../store/read-request-log.ts'
import {parseRedisUrl} from '../../store/redis-url.ts'
import type {FactOutcome} from '../fact.ts'
import type {Collector} from '../live-facts.ts'
import type {ConfigReader} from './shared-config.ts'

/** Whether the configured Redis answers a PING, with the credentials of the configuration. */
export function storeRedis(read: ConfigReader): Collector<'store.redis'> {
  return {
    kind: 'store.redis',
    timeoutMs: 3000,
    async collect(_about, {facts, signal, clock}): Promise<FactOutcome<'store.redis'>> {
      const found = await facts.get('config.found')
      const {loaded} = found.state === 'known' ? await read(found.value.path, facts) : {}
      const config = loaded?.ok ? loaded.config : undefined
      const url =
        config?.shared?.redis?.url ?? (config?.cache?.backend === 'redis' ? config.cache.redis?.url : undefined)
      if (url === undefined) return {state: 'absent', why: 'no Redis is configured'}
      const {options, clean} = parseRedisUrl(url)
      const started = clock.now()
      const commands = options.password === undefined ? [] : [['AUTH', options.username ?? 'default', options.password]]
      const wire = [...commands, ['PING']].map(respArray).join('')
      return new Promise(resolve => {
        const {host, port} = options
        const socket = options.tls ? tls.connect({host, port, ...options.tls}) : net.connect({host, port})
        let text = ''
        signal.addEventListener('abort', () => socket.destroy(), {once: true})
        socket.setEncoding('latin1')
        socket.once(options.tls ? 'secureConnect' : 'connect', () => socket.write(wire))
        socket.on('data', (chunk: string) => {
          text += chunk
          const lines = text.split('\r\n')
          const fault = lines.find(line => line.startsWith('-'))
          if (fault === undefined && lines.length <= commands.length + 1 && text.length < 4096) return
          socket.destroy()
          const answer = clean(fault ?? lines.at(-2) ?? '').slice(0, 200)
          resolve({state: 'known', value: {answer, ms: Math.round(clock.now() - started)}})
        })
        socket.once('error', error => {
          const why = `${host}:${port} cannot be reached (${errnoCode(error) ?? clean(messageOf(error))})`
          resolve({state: 'absent', why})
        })
        socket.once('close', () => resolve({state: 'absent', why: `${host}:${port} closed the connection`}))
      })
    },
  }
}

/** RESP, "Sending commands to a Redis server". */
function respArray(parts: readonly string[]): string {
  return `*${parts.length}\r\n${parts.map(part => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`
}

/** Whether PostgreSQL lets us in and has the request log. */
export function storePostgres(read: ConfigReader): Collector<'store.postgres'> {
  return {
    kind: 'store.postgres',
    timeoutMs: 5000,
    async collect(_about, {facts, clock}): Promise<FactOutcome<'store.postgres'>> {
      const found = await facts.get('config.found')
      const {loaded} = found.state === 'known' ? await read(found.value.path, facts) : {}
      const log = loaded?.ok ? loaded.config.observability.request_log : undefined
      if (log?.enabled !== true || log.backend !== 'postgres' || log.postgres === undefined)
        return {state: 'absent', why: 'no request log in PostgreSQL is configured'}
      const started = clock.now()
      const reader = await openRequestLogReader(log.postgres.url)
      try {
        const [row] = await reader.query("SELECT to_regclass('request_logs') IS NOT NULL AS rows")
        return {state: 'known', value: {rows: row?.rows === true, ms: Math.round(clock.now() - started)}}
      } finally {
        await reader.close()
      }
    },
  }
}
