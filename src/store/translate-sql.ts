import {extracted, intervalModifiers, iso, isoText, now, truncated} from './sql-times.ts'
import {type SqlToken, sqlTokens} from './sql-tokens.ts'

const castTypes: Readonly<Record<string, string>> = {
  int: 'INTEGER',
  integer: 'INTEGER',
  bigint: 'INTEGER',
  smallint: 'INTEGER',
  real: 'REAL',
  float: 'REAL',
  double: 'REAL',
  numeric: 'REAL',
  decimal: 'REAL',
  text: 'TEXT',
  varchar: 'TEXT',
}

/**
 * Makes PostgreSQL's way of asking a request log run on SQLite: `NOW() - INTERVAL '1 hour'`,
 * `PERCENTILE_CONT(0.99) WITHIN GROUP (ORDER BY duration_ms)`, `date_trunc`, `EXTRACT`, `::casts`, `ILIKE`. What it
 * does not know stays as it is, so that SQLite says what is wrong with it.
 */
export function translateSql(sql: string): string {
  try {
    return new Translation(sqlTokens(sql)).text()
  } catch (error) {
    if (error instanceof RangeError) return sql // thousands of brackets: SQLite refuses them with a message
    throw error
  }
}

class Translation {
  readonly #in: readonly SqlToken[]
  #at = 0
  /** Translated pieces. An operand is one piece, so that what follows it can be put around it. */
  readonly #out: string[] = []

  constructor(tokens: readonly SqlToken[]) {
    this.#in = tokens
  }

  text(): string {
    while (this.#at < this.#in.length) this.#out.push(this.#piece())
    return this.#out.join('')
  }

  #piece(): string {
    const token = this.#in[this.#at++]
    if (token === undefined) return ''
    if (token.kind === 'text') return isoText(token.text)
    if (token.text === '::') return this.#cast()
    if (token.text === '(') return `(${this.#inside()}`
    if (token.text === '+' || token.text === '-') return this.#shifted(token.text)
    if (token.kind !== 'word') return token.text
    return this.#word(token.text)
  }

  #word(word: string): string {
    switch (word.toLowerCase()) {
      case 'now':
      case 'clock_timestamp':
        if (this.#next('(', ')')) return now
        break
      case 'current_timestamp':
      case 'localtimestamp':
        return now
      case 'datetime':
        // SQLite's own has a space where rows have a T, and would compare wrongly.
        if (this.#next('(')) return this.#next(')') ? now : `strftime(${iso}, ${this.#inside()}`
        break
      case 'ilike':
        return 'LIKE'
      case 'percentile_cont':
      case 'percentile_disc':
        return this.#percentile(word)
      case 'extract':
        return this.#extract(word)
      case 'date_trunc':
        return this.#truncate(word)
      case 'timestamp':
      case 'timestamptz': {
        const literal = this.#peek()
        if (literal?.kind === 'text') return '' // a typed literal: the text alone will do
        break
      }
    }
    // A name and its arguments, or its column, are one operand.
    let operand = word
    while (this.#in[this.#at]?.text === '.') {
      this.#at++
      operand += `.${this.#in[this.#at++]?.text ?? ''}`
    }
    return this.#in[this.#at]?.text === '(' && !keywords.test(word) ? this.#call(operand) : operand
  }

  #call(name: string): string {
    this.#at++
    return `${name}(${this.#inside()}`
  }

  /** Up to the bracket that closes, included. */
  #inside(): string {
    const inner = new Translation(this.#in)
    inner.#at = this.#at
    while (inner.#at < this.#in.length && this.#in[inner.#at]?.text !== ')') inner.#out.push(inner.#piece())
    const closed = this.#in[inner.#at]?.text ?? ''
    this.#at = inner.#at + 1
    return inner.#out.join('') + closed
  }

  /** `<time> - INTERVAL '1 hour'` */
  #shifted(sign: string): string {
    const from = this.#at
    if (!this.#next('interval')) return sign
    const literal = this.#peek()
    if (literal?.kind === 'text') {
      this.#take()
      let text = literal.text.slice(1, -1)
      const unit = this.#peek()
      if (/^\s*[\d.]+\s*$/.test(text) && unit?.kind === 'word') {
        text += ` ${unit.text}`
        this.#take()
      }
      const modifiers = intervalModifiers(text, sign)
      const operand = modifiers && this.#operand()
      if (modifiers !== undefined && operand !== undefined) {
        const list = modifiers.map(modifier => `'${modifier}'`).join(', ')
        return `strftime(${iso}, ${operand}, ${list})`
      }
    }
    this.#at = from
    return sign
  }

  #cast(): string {
    const operand = this.#operand()
    const type = this.#peek()?.text.toLowerCase() ?? ''
    if (operand === undefined || this.#peek()?.kind !== 'word') return `${operand ?? ''}::`
    this.#take()
    if (type === 'double') this.#next('precision')
    if (this.#next('(')) this.#inside()
    if (type.startsWith('timestamp')) return `strftime(${iso}, ${operand})`
    if (type === 'date') return `date(${operand})`
    const sqlite = castTypes[type]
    return sqlite === undefined ? `${operand}::${type}` : `CAST(${operand} AS ${sqlite})`
  }

  #percentile(word: string): string {
    const from = this.#at
    if (this.#next('(')) {
      const share = this.#inside().slice(0, -1).trim()
      if (this.#next('within', 'group', '(', 'order', 'by')) {
        const order = this.#inside().slice(0, -1).trim()
        const [, expression = order, direction] = /^([\s\S]*?)(?:\s+(asc|desc))?$/i.exec(order) ?? []
        return `${word}(${expression}, ${direction?.toLowerCase() === 'desc' ? `1 - ${share}` : share})`
      }
    }
    this.#at = from
    return word
  }

  #extract(word: string): string {
    const from = this.#at
    if (this.#next('(')) {
      const field = (this.#peek()?.text ?? '').toLowerCase()
      this.#take()
      if (this.#next('from')) {
        const time = this.#inside().slice(0, -1).trim()
        if (field === 'epoch') return `unixepoch(${time}, 'subsec')`
        const format = extracted[field]
        if (format !== undefined) return `CAST(strftime('${format}', ${time}) AS REAL)`
      }
    }
    this.#at = from
    return word
  }

  #truncate(word: string): string {
    const from = this.#at
    if (this.#next('(')) {
      const format = truncated[(this.#peek()?.text ?? '').slice(1, -1).toLowerCase()]
      this.#take()
      if (format !== undefined && this.#next(',')) return `strftime('${format}', ${this.#inside().trim()}`
    }
    this.#at = from
    return word
  }

  /** Takes back the last operand that was written. */
  #operand(): string | undefined {
    while (this.#out.length > 0 && this.#out.at(-1)?.trim() === '') this.#out.pop()
    return this.#out.pop()
  }

  /** The next token that is no space; stays where it is. */
  #peek(): SqlToken | undefined {
    return this.#in[this.#beyondSpace()]
  }

  #take(): void {
    this.#at = this.#beyondSpace() + 1
  }

  /** Whether these tokens come next, letter case aside; takes them if so, and nothing otherwise. */
  #next(...texts: readonly string[]): boolean {
    const from = this.#at
    for (const text of texts) {
      if (this.#peek()?.text.toLowerCase() !== text) {
        this.#at = from
        return false
      }
      this.#take()
    }
    return true
  }

  #beyondSpace(): number {
    let at = this.#at
    while (this.#in[at]?.kind === 'space') at++
    return at
  }
}

/** Words before a bracket that are no function. */
const keywords =
  /^(?:and|or|not|in|where|on|having|by|select|from|as|when|then|else|values|over|filter|exists|between|like)$/i
