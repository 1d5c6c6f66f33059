export interface OutgoingEvent {
  readonly event?: string
  readonly id?: string
  /** Milliseconds. */
  readonly retry?: number
  readonly data: Buffer
}

const lineBreak = /[\r\n]/
const dataPrefix = Buffer.from('data: ')
const newline = Buffer.from('\n')

/**
 * One event of a `text/event-stream`. Data that holds line breaks becomes one `data` line each, which a reader joins by
 * line feeds; JSON means the same then, since it has breaks only between tokens.
 * @throws RangeError when the event's name or id holds a line break, or the id a NUL: it would start a field of its own
 */
export function encodeSseEvent({event, id, retry, data}: OutgoingEvent): Buffer {
  let head = ''
  if (event !== undefined) head += `event: ${fieldText(event)}\n`
  if (id !== undefined) head += `id: ${fieldText(id)}\n`
  if (retry !== undefined) head += `retry: ${Math.trunc(retry)}\n`
  const parts: Buffer[] = [Buffer.from(head)]
  for (let start = 0; ; ) {
    const end = lineEnd(data, start)
    parts.push(dataPrefix, data.subarray(start, end), newline)
    if (end === data.length) break
    start = data[end] === 0x0d && data[end + 1] === 0x0a ? end + 2 : end + 1
  }
  parts.push(newline)
  return Buffer.concat(parts)
}

function lineEnd(data: Buffer, start: number): number {
  if (start === 0 && !data.includes(0x0a) && !data.includes(0x0d)) return data.length
  for (let at = start; at < data.length; at++) if (data[at] === 0x0a || data[at] === 0x0d) return at
  return data.length
}

function fieldText(text: string): string {
  if (lineBreak.test(text) || text.includes('\0')) throw new RangeError('an event name or id holds a line break')
  return text
}
