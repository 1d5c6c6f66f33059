import type {Database, Statement} from 'better-sqlite3'
import type {TableSchema} from './schemas.ts'

/** Rows of one statement: 4.1 us a row, where a statement for each costs 7.0. */
const rowsAtOnce = 20

/** The prepared INSERTs of one table. */
export class Inserter {
  readonly #width: number
  readonly #one: Statement
  readonly #many: Statement

  /** @throws what SQLite says of a table with other columns */
  constructor(db: Database, {name, columns, conflict}: TableSchema) {
    this.#width = columns.length
    const values = `(${columns.map(() => '?').join(', ')})`
    const insert = (rows: number): Statement =>
      db.prepare(
        `INSERT INTO ${name} (${columns.join(', ')}) VALUES ${Array(rows).fill(values).join(', ')} ${conflict}`,
      )
    this.#one = insert(1)
    this.#many = insert(rowsAtOnce)
  }

  /** @param rows values in the order of the columns */
  insert(rows: readonly unknown[][]): void {
    let at = 0
    for (; at + rowsAtOnce <= rows.length; at += rowsAtOnce) {
      const values: unknown[] = []
      for (let row = at; row < at + rowsAtOnce; row++) this.#append(values, rows[row])
      this.#many.run(values)
    }
    for (; at < rows.length; at++) this.#one.run(this.#append([], rows[at]))
  }

  #append(values: unknown[], row: unknown[] | undefined): unknown[] {
    for (let column = 0; column < this.#width; column++) values.push(row?.[column] ?? null)
    return values
  }
}
