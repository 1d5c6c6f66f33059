/**
 * Reads HTTP/1.1 responses off one socket, one after the other: Content-Length or chunked. Just enough for a load
 * generator that costs less than what it measures; the servers it reads from are started by the benchmark itself.
 */
interface Head {
  readonly status: number
  /** Where the body begins. */
  readonly start: number
  /** Where it ends; undefined for a chunked one. */
  readonly end: number | undefined
  /** How far the walk over the chunks of the body has come, and what it found. */
  readonly walk: {at: number; readonly parts: [number, number][]}
}

/** Returns the function that takes what the socket read; `onResponse` is called once for each whole response. */
export function createResponseReader(onResponse: (status: number, body: Buffer) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = []
  let size = 0
  let head: Head | undefined

  const joined = (): Buffer => {
    const [first = Buffer.alloc(0)] = chunks
    if (chunks.length < 2) return first
    const whole = Buffer.concat(chunks, size)
    chunks = [whole]
    return whole
  }

  /** The next response, taken off what is pending; undefined when more must come. */
  const take = (): {status: number; body: Buffer} | undefined => {
    head ??= readHead(joined())
    if (head === undefined || (head.end !== undefined && size < head.end)) return undefined
    const bytes = joined()
    const {status, start, end, walk} = head
    const read = end === undefined ? readChunked(bytes, walk) : {body: bytes.subarray(start, end), end}
    if (read === undefined) return undefined
    head = undefined
    size = bytes.length - read.end
    chunks = size === 0 ? [] : [bytes.subarray(read.end)]
    return {status, body: read.body}
  }

  return chunk => {
    chunks.push(chunk)
    size += chunk.length
    for (let next = take(); next !== undefined; next = size > 0 ? take() : undefined) onResponse(next.status, next.body)
  }
}

function readHead(bytes: Buffer): Head | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const text = bytes.toString('latin1', 0, headEnd).toLowerCase()
  const length = /\r\ncontent-length: *(\d+)/.exec(text)?.[1]
  const start = headEnd + 4
  const chunked = /\r\ntransfer-encoding: *chunked/.test(text)
  return {
    status: Number(text.slice(9, 12)),
    start,
    end: chunked ? undefined : start + Number(length ?? 0),
    walk: {at: start, parts: []},
  }
}

/** Goes on over the chunks of a body without trailers; undefined while the last one is missing. */
function readChunked(bytes: Buffer, walk: Head['walk']): {body: Buffer; end: number} | undefined {
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', walk.at)
    if (lineEnd === -1) return undefined
    const length = Number.parseInt(bytes.toString('latin1', walk.at, lineEnd), 16)
    const from = lineEnd + 2
    const end = from + length + 2
    if (bytes.length < end) return undefined
    if (length === 0) return {body: Buffer.concat(walk.parts.map(([first, last]) => bytes.subarray(first, last))), end}
    walk.parts.push([from, from + length])
    walk.at = end
  }
}
