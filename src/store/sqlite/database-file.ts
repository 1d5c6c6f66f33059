import {lstatSync, type Stats} from 'node:fs'
import type Sqlite from 'better-sqlite3'
import type {Clock} from '../../shared/clock.ts'
import {messageOf} from '../../shared/errors.ts'
import {Damage, isBusy, isDamage} from './damage.ts'
import {Inserter} from './inserter.ts'
import {preparePlace} from './prepare-place.ts'
import {quarantine} from './quarantine.ts'
import {type RetentionLimits, retain, walBytes} from './retention.ts'
import {RetentionClock} from './retention-clock.ts'
import type {FileSchema} from './schemas.ts'

export interface DatabaseFileOptions {
  readonly path: string
  readonly schema: FileSchema
  readonly limits: RetentionLimits
  readonly clock: Clock
  /** The package, loaded by the caller. */
  readonly sqlite: typeof Sqlite
  /** A damaged or removed file was replaced; called with the sentence for the operator. */
  readonly onReplaced: (message: string) => void
}

/** How long a call waits for another process's lock; the caller tries again later. */
const busyTimeoutMs = 200

/**
 * One database that stays usable: opened when first needed, checked, put aside when damaged, begun anew when removed.
 * All calls are synchronous and throw what SQLite or the system says; the next call tries again from the beginning.
 */
export class DatabaseFile {
  readonly #options: DatabaseFileOptions
  readonly #retentionClock: RetentionClock
  #db: Sqlite.Database | undefined
  #inserters = new Map<string, Inserter>()
  /** Which file is open, to notice when the name leads to another one. */
  #identity = ''
  /** The file that passed `quick_check` in this process, or was made by it. */
  #trusted = ''
  #shrinking = false

  constructor(options: DatabaseFileOptions) {
    this.#options = options
    this.#retentionClock = new RetentionClock(options.clock)
  }

  get isOpen(): boolean {
    return this.#db !== undefined
  }

  /** Writes rows of one table, all or none. */
  write(table: string, rows: readonly unknown[][]): void {
    this.#use(db => {
      const inserter = this.#inserters.get(table)
      if (inserter === undefined) throw new Error(`no table ${table}`)
      db.transaction(() => inserter.insert(rows)).immediate()
    })
  }

  read(table: string): unknown[] {
    return this.#use(db => db.prepare(`SELECT * FROM ${table}`).all())
  }

  /** One step of retention. @returns whether there is more to do */
  tend(): boolean {
    return this.#use(db => {
      const more = retain(db, this.#options.schema, this.#options.limits, this.#retentionClock.nowMs())
      // The file shrinks when the log is copied into it, and not before.
      if (this.#shrinking && !more) db.pragma('wal_checkpoint(TRUNCATE)')
      this.#shrinking = more
      return more
    })
  }

  /** Opens it where that has not been done, and begins anew where the file was removed. */
  open(): void {
    this.#use(() => {})
  }

  close(): void {
    const db = this.#db
    this.#db = undefined
    this.#inserters = new Map()
    try {
      db?.close()
    } catch {
      // What it wrote is in the write-ahead log; the next one to open it takes it from there.
    }
  }

  #use<T>(work: (db: Sqlite.Database) => T): T {
    for (let attempt = 1; ; attempt++) {
      try {
        return work(this.#opened())
      } catch (error) {
        if (!isBusy(error)) this.close()
        if (!isDamage(error) || attempt > 1) throw error
        this.#replace(messageOf(error))
      }
    }
  }

  #opened(): Sqlite.Database {
    const {path} = this.#options
    if (this.#db !== undefined) {
      const stats = lstatSync(path, {throwIfNoEntry: false})
      const walThere = lstatSync(`${path}-wal`, {throwIfNoEntry: false}) !== undefined
      if (stats !== undefined && identityOf(stats) === this.#identity && walThere) return this.#db
      this.close()
      if (stats === undefined) this.#options.onReplaced(`${path} was removed; a new one is begun`)
    }
    const place = preparePlace(path, stats => identityOf(stats) === this.#trusted)
    if (place !== 'ready') throw new Damage(place.damage)
    const identity = identityOf(lstatSync(path))
    if (lstatSync(path).size === 0) this.#trusted = identity
    const db = new this.#options.sqlite(path, {timeout: busyTimeoutMs})
    try {
      this.#setUp(db, identity)
    } catch (error) {
      db.close()
      throw error
    }
    this.#db = db
    this.#identity = identity
    return db
  }

  #setUp(db: Sqlite.Database, identity: string): void {
    const {schema, limits} = this.#options
    db.pragma('trusted_schema = OFF')
    db.pragma('cache_size = -2000')
    db.pragma('temp_store = MEMORY')
    const isNew = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
    const applicationId = db.pragma('application_id', {simple: true})
    if (applicationId !== schema.applicationId && !(isNew && applicationId === 0))
      throw new Damage('it is the database of another application')
    if (this.#trusted !== identity) {
      const verdict = db.pragma('quick_check(1)', {simple: true})
      if (verdict !== 'ok') throw new Damage(String(verdict).replace(/\s+/g, ' '))
      this.#trusted = identity
    }
    // Only a database without tables can still choose to be able to shrink.
    if (isNew) db.pragma('auto_vacuum = INCREMENTAL')
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = NORMAL')
    const wal = walBytes(limits)
    db.pragma(`wal_autocheckpoint = ${Math.max(32, Math.floor(wal / 4096 / 2))}`)
    db.pragma(`journal_size_limit = ${wal}`)
    db.transaction(() => {
      db.pragma(`application_id = ${schema.applicationId}`)
      for (const table of schema.tables) for (const sql of table.create) db.exec(sql)
    }).immediate()
    try {
      this.#inserters = new Map(schema.tables.map(table => [table.name, new Inserter(db, table)]))
    } catch (error) {
      if (isBusy(error)) throw error
      throw new Damage(`its tables are not those of this version (${messageOf(error)})`)
    }
  }

  #replace(reason: string): void {
    const {path, clock, onReplaced} = this.#options
    this.#trusted = ''
    const aside = quarantine(path, clock.wallMs())
    onReplaced(`${path} cannot be used (${reason}); it is kept as ${aside} and a new one is begun`)
  }
}

function identityOf(stats: Stats): string {
  return `${stats.dev}:${stats.ino}`
}
