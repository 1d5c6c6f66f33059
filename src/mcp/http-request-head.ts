import {HttpFault} from './http-fault.ts'

const fieldName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const fieldValue = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/
/** What the connection itself decides. */
const reserved = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'te',
  'trailer',
  'expect',
])

type Fields = Readonly<Record<string, string>>

/** Header lines, made once for each set of headers that comes again and again. */
export class HeaderLines {
  readonly #made = new WeakMap<Fields, string>()

  /** @throws HttpFault for what is no header */
  of(fields: Fields): string {
    const known = this.#made.get(fields)
    if (known !== undefined) return known
    const lines = headerLines(fields)
    this.#made.set(fields, lines)
    return lines
  }
}

/** @throws HttpFault for what is no header */
export function headerLines(fields: Fields): string {
  let lines = ''
  for (const name in fields) {
    const value = fields[name] ?? ''
    if (!fieldName.test(name))
      throw new HttpFault('BAD_REQUEST', `${JSON.stringify(name.slice(0, 60))} is no header name`)
    // Its value may be a secret: only the name is told.
    if (!fieldValue.test(value)) throw new HttpFault('BAD_REQUEST', `the value of the header ${name} cannot be sent`)
    if (reserved.has(name.toLowerCase())) continue
    lines += `${name}: ${value}\r\n`
  }
  return lines
}
