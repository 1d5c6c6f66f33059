const lineFeed = 0x0a
const carriageReturn = 0x0d
const space = 0x20

/**
 * A JSON message without line breaks, as stdio wants it (MCP, "stdio": messages MUST NOT contain embedded newlines). In
 * JSON they stand between tokens only, where a space means the same. A client that could send one through would write
 * messages of its own to the server.
 */
export function oneLine(message: Buffer): Buffer {
  if (!message.includes(lineFeed) && !message.includes(carriageReturn)) return message
  const line = Buffer.from(message)
  for (let at = 0; at < line.length; at++) if (line[at] === lineFeed || line[at] === carriageReturn) line[at] = space
  return line
}
