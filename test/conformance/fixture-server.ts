/** The conformance fixture as a backend: started on HTTP, or as the command that a proxy starts on stdio. */
import {fileURLToPath} from 'node:url'
import {startProcess} from './started-process.ts'

export type FixtureEra = 'legacy' | 'modern' | 'dual'

const file = (name: string) => fileURLToPath(new URL(`../fixtures/conformance/${name}`, import.meta.url))

/** The arguments for a stdio backend: `command: process.execPath, args: stdioFixtureArgs('dual')`. */
export const stdioFixtureArgs = (era: FixtureEra): string[] => [file('stdio.mjs'), '--era', era]

export interface HttpFixture {
  readonly url: string
  stop(): Promise<void>
}

export async function startHttpFixture(era: FixtureEra): Promise<HttpFixture> {
  const fixture = await startProcess(process.execPath, [file('http.mjs'), '0', '--era', era], {
    ready: /^listening \d+$/,
    timeoutMs: 15_000,
  })
  const port = fixture.readyLine.split(' ')[1]
  return {url: `http://127.0.0.1:${port}/mcp`, stop: fixture.stop}
}
