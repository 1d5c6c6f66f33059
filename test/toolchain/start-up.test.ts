import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {packageRoot} from '../helpers/package-root.ts'
import {runProgram} from '../helpers/program.ts'
import {tempDir} from '../helpers/temp-dir.ts'

/** Writes the URL of each module that is loaded from a file to stderr. */
const spy = `
import {registerHooks} from 'node:module'
import {writeSync} from 'node:fs'
registerHooks({load(url, context, next) {
  if (url.startsWith('file:')) writeSync(2, 'loaded ' + url + '\\n')
  return next(url, context)
}})`

describe('what is loaded', () => {
  it.each(['--version', '-v'])('for %s is run.js and nothing else', async flag => {
    const loaded = await modulesOf([flag])
    expect(loaded).toEqual([join(packageRoot, 'bin/run.js')])
  })

  it('for a command is oclif and the command, but nothing heavy', async () => {
    const loaded = await modulesOf(['version'])
    expect(loaded).toContain(join(packageRoot, 'dist/commands/version.js'))
    expect(loaded.some(path => path.includes('/@oclif/core/'))).toBe(true)
    const heavy = loaded.filter(path => /\/node_modules\/(ink|react|undici|zod|yaml|better-sqlite3)\//.test(path))
    expect(heavy).toEqual([])
  })

  it('for --help is no command at all: the manifest has what it needs', async () => {
    const loaded = await modulesOf(['--help'])
    expect(loaded.filter(path => path.includes('/dist/commands/'))).toEqual([])
  })
})

async function modulesOf(args: readonly string[]): Promise<string[]> {
  const preload = join(tempDir(), 'spy.mjs')
  writeFileSync(preload, spy)
  const run = join(packageRoot, 'bin/run.js')
  const {code, stderr} = await runProgram(process.execPath, ['--import', preload, run, ...args])
  expect(code).toBe(0)
  return [...stderr.matchAll(/^loaded file:\/\/(.+)$/gm)].map(([, path = '']) => decodeURI(path))
}
