import {readFileSync, statSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import type {Collector} from '../live-facts.ts'

/** The version of this program, and whether its launcher can be run. */
export const installSelf: Collector<'install.self'> = {
  kind: 'install.self',
  timeoutMs: 1000,
  async collect() {
    const root = new URL('../../../', import.meta.url)
    const {version} = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {version: string}
    const path = fileURLToPath(new URL('bin/only1mcp', root))
    const stat = statSync(path, {throwIfNoEntry: false})
    const ownedByUs = stat?.uid === process.getuid?.()
    const launcher = stat?.isFile() ? {path, mode: stat.mode & 0o7777, ownedByUs} : null
    return {state: 'known', value: {version, node: process.version, launcher}}
  },
}
