import {readConfigFile} from '../config/read-config-file.ts'
import {parseObject} from '../mcp/handshake.ts'
import {AppError, messageOf} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {safeText} from '../shared/safe-text.ts'
import {ask, connectToRuntime} from './runtime-connection.ts'

export interface ToolCallRequest {
  readonly name: string
  /** JSON, `@file` or `-` for stdin. */
  readonly args: string
  readonly keyEnv: string | undefined
  readonly timeoutMs: number
}

export interface ToolCallDocument {
  readonly tool: string
  readonly ok: boolean
  readonly durationMs: number
  /** What the tool answered; null where the call itself was refused. */
  readonly result: Readonly<Record<string, unknown>> | null
  /** JSON-RPC error. */
  readonly error: Readonly<Record<string, unknown>> | null
}

const maxArgumentBytes = 4 * 1024 * 1024

/** Calls a tool through the running proxy. @throws AppError `BAD_ARGS`, `TIMEOUT`, `NO_RUNTIME`, `ACCESS_REFUSED` … */
export async function callTool({name, args, keyEnv, timeoutMs}: ToolCallRequest): Promise<ToolCallDocument> {
  const given = parseArguments(await argumentText(args))
  const connection = await connectToRuntime({keyEnv, timeoutMs})
  try {
    const startedAt = performance.now()
    const answer = await ask(connection, 'tools/call', {name, arguments: given}, timeoutMs, name)
    const durationMs = Math.round(performance.now() - startedAt)
    const value = parseObject(answer.value) ?? {}
    if (answer.kind === 'error') return {tool: name, ok: false, durationMs, result: null, error: value}
    return {tool: name, ok: value.isError !== true, durationMs, result: value, error: null}
  } finally {
    await connection.close(500)
  }
}

async function argumentText(args: string): Promise<string> {
  if (args === '-') {
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > maxArgumentBytes) throw badArgs(`stdin holds more than ${maxArgumentBytes} bytes`)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks).toString('utf8')
  }
  if (!args.startsWith('@')) return args
  const read = readConfigFile(args.slice(1))
  if (!read.ok) throw badArgs(`${args.slice(1)}: ${read.fault.message}`)
  return read.text
}

function parseArguments(text: string): object {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw badArgs(`they are no JSON: ${messageOf(error)}`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw badArgs('they are no JSON object')
}

function badArgs(why: string): AppError {
  return new AppError('BAD_ARGS', `the arguments of the tool cannot be used: ${why}`, {
    fix: `Write them as one JSON object, in quotes: --args '{"path": "/tmp"}', or --args @FILE, or --args - for stdin.`,
    exitCode: exitCode.usage,
  })
}

/** The text blocks as they are; others named. */
export function* toolCallLines({tool, ok, durationMs, result, error}: ToolCallDocument): Generator<string> {
  if (error !== null) {
    const data = error.data === undefined ? '' : ` ${safeText(JSON.stringify(error.data), {max: 1000})}`
    yield `${safeText(tool)}: error ${safeText(String(error.code))}: ${safeText(String(error.message))}${data}`
    if (Number.isInteger(error.code)) yield `what it means: only1mcp explain ${error.code}`
    return
  }
  const content = Array.isArray(result?.content) ? result.content : []
  for (const block of content as Record<string, unknown>[]) {
    if (block?.type === 'text') for (const line of String(block.text).split('\n')) yield safeText(line)
    else yield `[${safeText(String(block?.type))} ${safeText(String(block?.mimeType ?? block?.uri ?? ''))}]`
  }
  if (content.length === 0 && result?.structuredContent !== undefined)
    yield safeText(JSON.stringify(result.structuredContent))
  yield `${safeText(tool)} ${ok ? 'answered' : 'answered with an error'} after ${durationMs} ms`
}
