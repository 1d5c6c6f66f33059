import {closeSync, constants, fstatSync, openSync, readFileSync} from 'node:fs'
import {AppError, messageOf} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {safeText} from '../shared/safe-text.ts'
import {findInstance} from './instance.ts'
import {printJson, printLine} from './output.ts'
import {openProxy} from './proxy-client.ts'

export interface ToolCallRequest {
  readonly name: string
  /** JSON of an object, `@FILE`, or `-` for stdin. */
  readonly args: string
  readonly timeoutMs: number
  readonly key: string | undefined
  readonly json: boolean
}

/** Calls a tool through the running proxy and prints its answer; exit 1 where the tool says it failed. @throws AppError */
export async function callTool(request: ToolCallRequest): Promise<void> {
  const args = await readArguments(request.args)
  const {client} = await findInstance()
  const startedAt = performance.now()
  const proxy = await openProxy(await client.snapshot(), request.key, request.timeoutMs)
  let result: unknown
  try {
    result = await proxy.ask('tools/call', {name: request.name, arguments: args}, request.timeoutMs, request.name)
  } finally {
    await proxy.close()
  }
  const ms = Math.round(performance.now() - startedAt)
  const {isError, content, structuredContent} = (result ?? {}) as Readonly<Record<string, unknown>>
  if (isError === true) process.exitCode = exitCode.findings
  if (request.json) return printJson({tool: request.name, isError: isError === true, ms, result})
  for (const part of Array.isArray(content) ? content : []) for (const line of partLines(part)) printLine(line)
  if (!Array.isArray(content) || content.length === 0)
    printLine(safeText(JSON.stringify(structuredContent ?? result ?? null)))
}

function partLines(part: unknown): string[] {
  const {type, text, mimeType, data, resource} = (part ?? {}) as Readonly<Record<string, unknown>>
  if (type === 'text')
    return String(text)
      .split('\n')
      .map(line => safeText(line))
  if (typeof data === 'string')
    return [
      safeText(`[${String(type)}, ${String(mimeType)}, ${Math.floor((data.length * 3) / 4)} bytes; --json shows it]`),
    ]
  return [safeText(JSON.stringify(resource ?? part))]
}

async function readArguments(given: string): Promise<Readonly<Record<string, unknown>>> {
  const text = given === '-' ? await stdin() : given.startsWith('@') ? readText(given.slice(1)) : given
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw bad(`is no JSON: ${messageOf(error)}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad('is no JSON object')
  return value as Readonly<Record<string, unknown>>
}

function bad(why: string): AppError {
  return new AppError('BAD_ARGUMENTS', `--args ${why}`, {
    fix: `Give an object: --args '{"query": "x"}', --args @file.json, or --args - for stdin.`,
    exitCode: exitCode.usage,
  })
}

/** Waits for no pipe that stands in the place of a file. */
function readText(path: string): string {
  let fd: number | undefined
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    if (!fstatSync(fd).isFile()) throw new Error('it is no regular file')
    return readFileSync(fd, 'utf8')
  } catch (error) {
    throw new AppError('FILE_UNREADABLE', `cannot read ${path}: ${messageOf(error)}`, {cause: error})
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

async function stdin(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
