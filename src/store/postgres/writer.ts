import {setTimeout as wait} from 'node:timers/promises'
import {messageOf} from '../../shared/errors.ts'
import {Connection, isRowFault} from './connection.ts'
import type {Order, PostgresSettings, Told} from './messages.ts'
import {Spool} from './spool.ts'

type Batch = Extract<Order, {do: 'write'}>

const reconnectEveryMs = 1000
/** An insert that takes longer is put on disk with all behind it; should it be done after all, its rows are passed over. */
const slowAfterMs = 1000
const slowAtTheEndMs = 200
const replayedAtOnce = 1000
const retainEveryMs = 60_000

/**
 * Brings batches into PostgreSQL in the order in which they came. While it is away, frozen or slow they go to the spool,
 * and so do those behind them until the spool is empty again.
 */
export class PostgresWriter {
  readonly #settings: PostgresSettings
  readonly #tell: (told: Told) => void
  readonly #spool: Spool
  readonly #queue: Batch[] = []
  #connection: Connection | undefined
  /** One at a time works on the connection. */
  #busy = false
  #failing = false
  #closing = false
  #retainAt = 0
  #slowAfterMs = slowAfterMs

  constructor(settings: PostgresSettings, tell: (told: Told) => void) {
    this.#settings = settings
    this.#tell = tell
    this.#spool = new Spool(settings.spoolDir, settings.maxSpoolBytes, (rows, why) => this.#lost(null, rows, why))
    void this.#stayConnected()
  }

  write(batch: Batch): void {
    if (this.#connection === undefined || !this.#spool.isEmpty || this.#closing) return this.#toSpool(batch)
    this.#queue.push(batch)
    void this.#work()
  }

  /** There is no time left to wait for a server that may be frozen. */
  hurry(): void {
    this.#slowAfterMs = slowAtTheEndMs
    setTimeout(() => this.#allToSpool(), slowAtTheEndMs)
  }

  /** What is not in the database soon goes to the spool. */
  async close(withinMs: number): Promise<void> {
    const until = performance.now() + Math.min(withinMs, this.#slowAfterMs)
    while (this.#queue.length > 0 && performance.now() < until) await wait(10)
    this.#closing = true
    this.#allToSpool()
    this.#connection?.destroy()
    this.#connection = undefined
    this.#spool.close()
  }

  async #stayConnected(): Promise<void> {
    while (!this.#closing) {
      if (this.#connection === undefined) await this.#connect()
      else void this.#work()
      await wait(reconnectEveryMs)
    }
  }

  async #connect(): Promise<void> {
    try {
      this.#connection = await Connection.open(this.#settings.url, error => this.#disconnected(error))
    } catch (error) {
      return this.#trouble(messageOf(error))
    }
    if (this.#closing) this.#connection.destroy()
    else void this.#work()
  }

  #disconnected(error: unknown): void {
    this.#connection?.destroy()
    this.#connection = undefined
    this.#trouble(messageOf(error))
    this.#allToSpool()
  }

  /** Whatever there is to do on the connection, until there is nothing or the connection is lost. */
  async #work(): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    try {
      while (this.#connection !== undefined && !this.#closing) {
        const connection = this.#connection
        const batch = this.#queue[0]
        if (batch !== undefined) await this.#writeBatch(connection, batch)
        else if (!this.#spool.isEmpty) await this.#replay(connection)
        else if (this.#settings.maxAgeMs > 0 && performance.now() >= this.#retainAt) await this.#retain(connection)
        else break
      }
      if (this.#connection !== undefined && this.#failing) this.#recovered()
    } catch (error) {
      this.#disconnected(error)
    } finally {
      this.#busy = false
    }
  }

  async #writeBatch(connection: Connection, batch: Batch): Promise<void> {
    const slow = setTimeout(() => {
      this.#trouble(`no answer within ${this.#slowAfterMs} ms`)
      this.#allToSpool()
    }, this.#slowAfterMs)
    try {
      const lost = await insertWhatFits(connection, batch.lines.split('\n'))
      if (this.#queue[0] !== batch) return // it went to the spool meanwhile
      this.#queue.shift()
      this.#tell({is: 'written', batch: batch.batch, rows: batch.rows - lost.rows})
      if (lost.rows > 0) this.#lost(null, lost.rows, lost.why)
    } finally {
      clearTimeout(slow)
    }
  }

  async #replay(connection: Connection): Promise<void> {
    const rows = this.#spool.first(replayedAtOnce)
    if (rows === undefined) return
    const lost = await insertWhatFits(connection, rows.lines)
    this.#spool.done(rows)
    this.#tell({is: 'replayed', rows: rows.lines.length - lost.rows, waiting: this.#spool.rows})
    if (lost.rows > 0) this.#lost(null, lost.rows, lost.why)
  }

  async #retain(connection: Connection): Promise<void> {
    const more = await connection.retain(this.#settings.maxAgeMs)
    if (!more) this.#retainAt = performance.now() + retainEveryMs
  }

  #allToSpool(): void {
    for (const batch of this.#queue.splice(0)) this.#toSpool(batch)
  }

  #toSpool({batch, rows, lines}: Batch): void {
    try {
      this.#spool.append(lines, rows)
      this.#tell({is: 'spooled', batch, rows, waiting: this.#spool.rows})
    } catch (error) {
      this.#lost(batch, rows, `the spool cannot be written: ${messageOf(error)}`)
    }
  }

  #lost(batch: number | null, rows: number, why: string): void {
    this.#tell({is: 'lost', batch, rows, why, waiting: this.#spool.rows})
  }

  #trouble(message: string): void {
    if (this.#failing || this.#closing) return
    this.#failing = true
    this.#tell({is: 'trouble', message, waiting: this.#spool.rows})
  }

  #recovered(): void {
    this.#failing = false
    this.#tell({is: 'recovered', waiting: this.#spool.rows})
  }
}

/** All rows, but for those whose values the server refuses: found by halves. @throws what else goes wrong */
async function insertWhatFits(
  connection: Connection,
  lines: readonly string[],
): Promise<{readonly rows: number; readonly why: string}> {
  try {
    await connection.insert(lines)
    return {rows: 0, why: ''}
  } catch (error) {
    if (!isRowFault(error)) throw error
    if (lines.length === 1) return {rows: 1, why: messageOf(error)}
  }
  const middle = Math.ceil(lines.length / 2)
  const [first, second] = [
    await insertWhatFits(connection, lines.slice(0, middle)),
    await insertWhatFits(connection, lines.slice(middle)),
  ]
  return {rows: first.rows + second.rows, why: first.why || second.why}
}
