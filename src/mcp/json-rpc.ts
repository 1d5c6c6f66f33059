/** Messages put together from raw parts: what came as bytes leaves as bytes. */

export function requestMessage(id: number | string, method: string, params: Buffer | null): Buffer {
  const head = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":${JSON.stringify(method)}`
  return params === null ? Buffer.from(`${head}}`) : closed(`${head},"params":`, params)
}

export function notificationMessage(method: string, params: Buffer | null): Buffer {
  const head = `{"jsonrpc":"2.0","method":${JSON.stringify(method)}`
  return params === null ? Buffer.from(`${head}}`) : closed(`${head},"params":`, params)
}

/** @param id the raw bytes of the id to answer, or null where none could be read */
export function responseMessage(id: Buffer | null, kind: 'result' | 'error', value: Buffer): Buffer {
  const idText = id === null ? 'null' : id.toString('latin1')
  // latin1 keeps each byte of a raw id: the head is written back the same way.
  const head = `{"jsonrpc":"2.0","id":${idText},"${kind}":`
  const message = Buffer.allocUnsafe(head.length + value.length + 1)
  message.write(head, 'latin1')
  value.copy(message, head.length)
  message[message.length - 1] = closingBrace
  return message
}

/** The `error` member's raw JSON. */
export function errorValue(code: number, message: string, data?: unknown): Buffer {
  return Buffer.from(JSON.stringify({code, message, ...(data !== undefined && {data})}))
}

/** `head`, the bytes as they are, and the brace that ends the message. */
function closed(head: string, middle: Buffer): Buffer {
  const headBytes = Buffer.byteLength(head)
  const message = Buffer.allocUnsafe(headBytes + middle.length + 1)
  message.write(head)
  middle.copy(message, headBytes)
  message[message.length - 1] = closingBrace
  return message
}

const closingBrace = 0x7d
