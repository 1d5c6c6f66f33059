/**
 * Reads HTTP/1.1 responses off one socket, one after the other: Content-Length or chunked. Just enough for a load
 * generator that costs less than what it measures.
 */
export function createResponseReader(onResponse) {
  let chunks = []
  let size = 0
  /** Of the response being read: where its body begins, and its end when the head named it. */
  let head

  const joined = () => {
    if (chunks.length > 1) chunks = [Buffer.concat(chunks, size)]
    return chunks[0]
  }
  const finish = (bytes, end, body) => {
    const {status} = head
    head = undefined
    chunks = bytes.length > end ? [bytes.subarray(end)] : []
    size = bytes.length - end
    onResponse(status, body)
  }

  function readHead() {
    const bytes = joined()
    const end = bytes.indexOf('\r\n\r\n')
    if (end === -1) return false
    const text = bytes.latin1Slice(0, end).toLowerCase()
    const length = /\r\ncontent-length: *(\d+)/.exec(text)
    const start = end + 4
    const chunked = /\r\ntransfer-encoding: *chunked/.test(text)
    head = {status: Number(text.slice(9, 12)), start, end: chunked ? undefined : start + Number(length?.[1] ?? 0)}
    return true
  }

  /** Walks the chunks of a chunked body; undefined while the last one is missing. */
  function readChunked(bytes) {
    const parts = []
    let at = head.start
    for (;;) {
      const lineEnd = bytes.indexOf('\r\n', at)
      if (lineEnd === -1) return undefined
      const length = Number.parseInt(bytes.latin1Slice(at, lineEnd), 16)
      const next = lineEnd + 2 + length + 2
      if (bytes.length < next) return undefined
      if (length === 0) return {body: Buffer.concat(parts), end: next}
      parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + length))
      at = next
    }
  }

  return chunk => {
    chunks.push(chunk)
    size += chunk.length
    while (size > 0) {
      if (head === undefined && !readHead()) return
      if (head.end !== undefined) {
        if (size < head.end) return
        const bytes = joined()
        finish(bytes, head.end, bytes.subarray(head.start, head.end))
      } else {
        // A chunked body ends with an empty chunk; the walk is only worth it when that may be here.
        if (chunk.at(-1) !== 0x0a) return
        const bytes = joined()
        const whole = readChunked(bytes)
        if (whole === undefined) return
        finish(bytes, whole.end, whole.body)
      }
    }
  }
}
