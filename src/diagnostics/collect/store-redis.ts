import net from 'node:net'
import tls from 'node:tls'
import {errnoCode, messageOf} from '../../shared/errors.ts'
import {parseRedisUrl} from '../../store/redis-url.ts'
import type {FactOutcome} from '../fact.ts'
import type {Collector} from '../live-facts.ts'
import type {ConfigReader} from './shared-config.ts'

/** The first answer of a connection takes longer than those that follow: the fastest of so many counts. */
const pings = 3
const maxAnswer = 4096
const handshakeMs = 2000

/** Whether the configured Redis answers a PING, with the credentials and the database of the configuration, and what it is. */
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
      const {host, port, username = 'default', password, db} = options
      const socket = options.tls ? tls.connect({host, port, ...options.tls}) : net.connect({host, port})
      const timer = options.tls && setTimeout(() => socket.destroy(mute), handshakeMs)
      socket.once('secureConnect', () => clearTimeout(timer))
      signal.addEventListener('abort', () => socket.destroy(), {once: true})
      const ask = asker(socket)
      const greeting = [
        ...(password === undefined ? [] : [['AUTH', username, password]]),
        ...(db === 0 ? [] : [['SELECT', String(db)]]),
        ['PING'],
      ]
      try {
        for (const command of greeting) {
          const [answer = ''] = await ask(command, 1)
          if (!/^\+(OK|PONG)$/.test(answer))
            return {state: 'known', value: {answer: clean(answer).slice(0, 200), ms: 0}}
        }
        let ms = Number.POSITIVE_INFINITY
        for (let i = 0; i < pings; i++) {
          const sent = clock.now()
          await ask(['PING'], 1)
          ms = Math.min(ms, clock.now() - sent)
        }
        const [, , role = ''] = await ask(['ROLE'], 3)
        return {state: 'known', value: {answer: '+PONG', ms: Math.round(ms), replica: role === 'slave'}}
      } catch (error) {
        const why = error === closed ? 'closed the connection' : `cannot be reached (${wordsOf(error, clean)})`
        return {state: 'absent', why: `${host}:${port} ${why}`}
      } finally {
        clearTimeout(timer)
        socket.destroy()
      }
    },
  }
}

const closed = new Error('closed')
/** A Redis without TLS waits for the end of what it takes for a command. */
const mute = new Error('no SSL handshake within 2 s')

function wordsOf(error: unknown, clean: (text: string) => string): string {
  return errnoCode(error) ?? clean(messageOf(error))
}

/** Sends a command and waits for so many lines of its answer; a line that says no is the last. */
function asker(socket: net.Socket): (command: readonly string[], lines: number) => Promise<readonly string[]> {
  let text = ''
  let wake: () => void = () => {}
  let fault: unknown
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    text = (text + chunk).slice(0, maxAnswer)
    wake()
  })
  socket.once('error', error => {
    fault = error
    wake()
  })
  socket.once('close', () => {
    fault ??= closed
    wake()
  })
  return async (command, wanted) => {
    text = ''
    socket.write(respArray(command))
    for (;;) {
      const lines = text.split('\r\n')
      const said = lines.slice(0, -1)
      if (said.length >= wanted || (said[0] ?? '').startsWith('-') || text.length >= maxAnswer) return said
      if (fault !== undefined) throw fault
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
  }
}

/** RESP, "Sending commands to a Redis server". */
function respArray(parts: readonly string[]): string {
  return `*${parts.length}\r\n${parts.map(part => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`
}
