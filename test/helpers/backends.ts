import {fileURLToPath} from 'node:url'
import {type RunningProgram, spawnProgram} from './program.ts'

/** The path of a tiny MCP backend in test/fixtures/backends; its README says what each one does. */
export function backendPath(file: string): string {
  return fileURLToPath(new URL(`../fixtures/backends/${file}`, import.meta.url))
}

/** A server entry for a configuration that runs a stdio backend of ours. */
export function stdioServer(id: string, file: string, args: readonly string[] = []) {
  return {id, command: process.execPath, args: [backendPath(file), ...args]}
}

export interface HttpBackend {
  readonly port: number
  /** The MCP endpoint. */
  readonly endpoint: string
  readonly process: RunningProgram
}

/** Starts one of the `http-….mjs` backends with these arguments; it has ended when the test has. */
export async function startHttpBackend(file: string, args: readonly string[] = []): Promise<HttpBackend> {
  const server = spawnProgram(process.execPath, [backendPath(file), ...args])
  const [, port] = await server.untilOutput(/^listening (\d+)$/m)
  return {port: Number(port), endpoint: `http://127.0.0.1:${port}/mcp`, process: server}
}
