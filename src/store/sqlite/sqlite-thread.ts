import {WorkerThread} from '../worker-thread.ts'
import type {Order, Told} from './messages.ts'
import type {RetentionLimits} from './retention.ts'
import type {SchemaName} from './schemas.ts'

/** A read waits for writes and checks of other files; whoever starts up cannot wait for ever. */
const readWithinMs = 5000

/** How a file of the thread is doing. */
export type FileState = 'ok' | 'failing' | 'unavailable'

export interface SqliteFileOptions {
  readonly path: string
  readonly schema: SchemaName
  readonly limits: RetentionLimits
  readonly onTrouble: (message: string) => void
  readonly onRecovered: () => void
  /** A damaged or removed file was replaced by a new one. */
  readonly onReplaced: (message: string) => void
}

/** A database file that the thread keeps for us. */
export interface SqliteFile {
  readonly state: FileState
  /** @param lines rows as JSON arrays in the order of the table's columns, one a line */
  write(table: string, lines: string, settled: (written: boolean) => void): void
  /** All rows of a table; none where it cannot be read, or not within five seconds. */
  read(table: string): Promise<readonly unknown[]>
  /** Writes what it still can and closes, within the time. */
  close(deadlineMs: number): Promise<void>
}

interface OpenFile {
  readonly options: SqliteFileOptions
  /** Batches that are not known to be written: a new thread gets them again. */
  readonly writes: Map<number, {readonly order: Order; readonly settled: (written: boolean) => void}>
  readonly reads: Map<number, {readonly order: Order; readonly resolve: (rows: readonly unknown[]) => void}>
  state: FileState
  closed: (() => void) | undefined
}

/** The one thread of this process that holds SQLite: a thread costs 10 MiB, so all files share it. */
class SqliteThread {
  readonly #thread: WorkerThread<Order, Told>
  readonly #files = new Map<number, OpenFile>()
  #numbers = 0
  /** Why better-sqlite3 cannot be loaded. */
  #unavailable: string | undefined

  constructor() {
    this.#thread = new WorkerThread<Order, Told>({
      module: 'sqlite/worker',
      onTold: told => this.#told(told),
      onDeath: message => {
        for (const file of this.#files.values()) this.#trouble(file, `the thread that writes it ended: ${message}`)
      },
      onStart: () => {
        for (const [number, file] of this.#files) this.#introduce(number, file)
      },
    })
  }

  get isIdle(): boolean {
    return this.#files.size === 0
  }

  stop(): Promise<void> {
    return this.#thread.stop()
  }

  open(options: SqliteFileOptions): SqliteFile {
    const number = ++this.#numbers
    const file: OpenFile = {options, writes: new Map(), reads: new Map(), state: 'ok', closed: undefined}
    this.#files.set(number, file)
    if (this.#unavailable === undefined) this.#introduce(number, file)
    else this.#giveUp(file, this.#unavailable)
    return {
      get state() {
        return file.state
      },
      write: (table, lines, settled) => {
        if (file.state === 'unavailable') return settled(false)
        const batch = ++this.#numbers
        const order: Order = {do: 'write', file: number, batch, table, lines}
        file.writes.set(batch, {order, settled})
        this.#thread.order(order)
      },
      read: table =>
        new Promise(resolve => {
          if (file.state === 'unavailable') return resolve([])
          const call = ++this.#numbers
          const order: Order = {do: 'read', file: number, call, table}
          const settle = (rows: readonly unknown[]): void => {
            clearTimeout(timer)
            file.reads.delete(call)
            resolve(rows)
          }
          const timer = setTimeout(settle, readWithinMs, [])
          file.reads.set(call, {order, resolve: settle})
          this.#thread.order(order)
        }),
      close: deadlineMs => this.#close(number, file, deadlineMs),
    }
  }

  #introduce(number: number, file: OpenFile): void {
    const {path, schema, limits} = file.options
    this.#thread.order({do: 'open', file: number, path, schema, limits})
    for (const {order} of file.writes.values()) this.#thread.order(order)
    for (const {order} of file.reads.values()) this.#thread.order(order)
  }

  async #close(number: number, file: OpenFile, deadlineMs: number): Promise<void> {
    if (!this.#files.has(number)) return
    if (file.state !== 'unavailable') {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>(resolve => {
        file.closed = resolve
        timer = setTimeout(resolve, deadlineMs)
        this.#thread.order({do: 'close', file: number})
      })
      clearTimeout(timer)
    }
    this.#files.delete(number)
    settleAll(file)
  }

  #told(told: Told): void {
    if (told.is === 'unavailable') {
      this.#unavailable = told.message
      for (const file of this.#files.values()) this.#giveUp(file, told.message)
      return
    }
    const file = this.#files.get(told.file)
    if (file === undefined) return
    switch (told.is) {
      case 'written': {
        const write = file.writes.get(told.batch)
        file.writes.delete(told.batch)
        write?.settled(true)
        break
      }
      case 'read': {
        file.reads.get(told.call)?.resolve(told.rows)
        break
      }
      case 'trouble':
        this.#trouble(file, told.message)
        break
      case 'recovered':
        file.state = 'ok'
        file.options.onRecovered()
        break
      case 'replaced':
        file.options.onReplaced(told.message)
        break
      case 'closed':
        file.closed?.()
        break
      default:
        told satisfies never
    }
  }

  #trouble(file: OpenFile, message: string): void {
    if (file.state === 'ok') file.options.onTrouble(message)
    file.state = 'failing'
  }

  #giveUp(file: OpenFile, message: string): void {
    file.state = 'unavailable'
    file.options.onTrouble(`better-sqlite3 cannot be loaded: ${message}`)
    settleAll(file)
  }
}

function settleAll(file: OpenFile): void {
  for (const {settled} of file.writes.values()) settled(false)
  for (const {resolve} of [...file.reads.values()]) resolve([])
  file.writes.clear()
  file.closed?.()
}

let shared: SqliteThread | undefined

/** Opens a database in the shared thread, which lives as long as a file of it is open. */
export function openSqliteFile(options: SqliteFileOptions): SqliteFile {
  shared ??= new SqliteThread()
  const thread = shared
  const file = thread.open(options)
  return {
    get state() {
      return file.state
    },
    write: file.write,
    read: file.read,
    close: async deadlineMs => {
      await file.close(deadlineMs)
      if (!thread.isIdle || shared !== thread) return
      shared = undefined
      await thread.stop()
    },
  }
}
