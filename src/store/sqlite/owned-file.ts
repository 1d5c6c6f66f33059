import type Sqlite from 'better-sqlite3'
import type {Clock} from '../../shared/clock.ts'
import {messageOf} from '../../shared/errors.ts'
import {DatabaseFile} from './database-file.ts'
import type {Order, Told} from './messages.ts'
import {fileSchemas} from './schemas.ts'

type Write = Extract<Order, {do: 'write'}>
type Read = Extract<Order, {do: 'read'}>

/** Under load the size is looked at more often than each second. */
const batchesBetweenTending = 10

export interface OwnedFileParts {
  readonly sqlite: typeof Sqlite
  readonly clock: Clock
  readonly tell: (told: Told) => void
}

/**
 * One database of the thread: writes batches in order. While that fails (locked, full, read-only) they wait, and are
 * tried again with each tick; trouble is told once, and its end.
 */
export class OwnedFile {
  readonly #file: number
  readonly #database: DatabaseFile
  readonly #tell: (told: Told) => void
  readonly #waiting: Write[] = []
  #failing = false
  #tending = false
  #sinceTended = 0

  constructor({file, path, schema, limits}: Extract<Order, {do: 'open'}>, {sqlite, clock, tell}: OwnedFileParts) {
    this.#file = file
    this.#tell = tell
    this.#database = new DatabaseFile({
      path,
      schema: fileSchemas[schema],
      limits,
      clock,
      sqlite,
      onReplaced: message => tell({is: 'replaced', file, message}),
    })
    this.#attempt(() => this.#database.open())
  }

  write(order: Write): void {
    this.#waiting.push(order)
    if (!this.#failing) this.#writeWaiting()
  }

  read({call, table}: Read): void {
    let rows: unknown[] = []
    this.#attempt(() => {
      rows = this.#database.read(table)
    })
    this.#tell({is: 'read', file: this.#file, call, rows})
  }

  /** Tries again what failed, notices a removed file, lets old rows go. */
  tick(): void {
    if (this.#waiting.length > 0) this.#writeWaiting()
    else this.#attempt(() => this.#database.open())
    if (!this.#failing) this.#tend()
  }

  /** What still waits gets one more chance. */
  close(): void {
    this.#writeWaiting()
    this.#database.close()
  }

  #writeWaiting(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const {table, lines, batch} = next
      if (!this.#attempt(() => this.#database.write(table, parseLines(lines)))) return
      this.#waiting.shift()
      this.#tell({is: 'written', file: this.#file, batch})
      if (++this.#sinceTended >= batchesBetweenTending) this.#tend()
    }
  }

  /** Portions between the batches, so that nothing waits for a large clean-up. */
  #tend(): void {
    if (this.#tending) return
    this.#sinceTended = 0
    try {
      if (!this.#database.tend()) return
    } catch {
      return // what hinders it (locked, full) hinders the next write too, which tells
    }
    this.#tending = true
    setImmediate(() => {
      this.#tending = false
      this.#tend()
    })
  }

  #attempt(work: () => void): boolean {
    try {
      work()
    } catch (error) {
      if (!this.#failing) this.#tell({is: 'trouble', file: this.#file, message: messageOf(error)})
      this.#failing = true
      return false
    }
    if (this.#failing) this.#tell({is: 'recovered', file: this.#file})
    this.#failing = false
    return true
  }
}

function parseLines(lines: string): unknown[][] {
  return JSON.parse(`[${lines.replaceAll('\n', ',')}]`)
}
