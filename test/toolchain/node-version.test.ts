import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {packageRoot} from '../helpers/package-root.ts'
import {copyPackage, linkDependencies, pathWithoutNode, plantNode} from '../helpers/planted-package.ts'
import {runProgram} from '../helpers/program.ts'
import {skipTest} from '../helpers/skip-test.ts'
import {tempDir} from '../helpers/temp-dir.ts'

describe('a Node below the floor', () => {
  it.each(['18.20.8', '20.20.2', '22.18.0'])(
    '%s is refused in one line, with 2, before anything is imported',
    async version => {
      const folder = tempDir()
      const path = pathWithoutNode(join(folder, 'bin'))
      plantNode(path, version)
      copyPackage(join(folder, 'pkg'), ['bin', 'package.json']) // no dist, no dependencies: an import would fail
      const {code, stdout, stderr} = await runProgram(join(folder, 'pkg/bin/only1mcp'), ['doctor'], {env: {PATH: path}})
      expect({code, stdout}).toEqual({code: 2, stdout: ''})
      expect(stderr).toMatch(
        new RegExp(`^only1mcp needs Node 22\\.19 or newer, and this is v${version} \\(/.+\\); .+\\n$`),
      )
    },
  )

  it.each(['22.19.0', '24.21.0'])('is not what %s is', async version => {
    const folder = tempDir()
    const path = pathWithoutNode(join(folder, 'bin'))
    plantNode(path, version)
    copyPackage(join(folder, 'pkg'), ['bin', 'dist', 'package.json', 'oclif.manifest.json'])
    linkDependencies(join(folder, 'pkg'))
    const {code, stdout} = await runProgram(join(path, 'node'), [join(folder, 'pkg/bin/run.js'), '--version'], {
      env: {PATH: path},
    })
    expect(code).toBe(0)
    expect(stdout).toContain(`node-v${version}`)
  })

  it('is refused for real, where this machine has one', async () => {
    const old =
      nodesOnPath().find(({major, minor}) => major < 22 || (major === 22 && minor < 19)) ??
      skipTest('no Node below 22.19 on the PATH')
    const {code, stderr} = await runProgram(old.path, [join(packageRoot, 'bin/run.js'), 'version'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^only1mcp needs Node 22\.19 or newer, and this is v.+\n$/)
  })

  it('is the same in package.json and in the check', () => {
    const {engines} = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
    expect(engines.node).toBe('>=22.19')
  })
})

function nodesOnPath(): {path: string; major: number; minor: number}[] {
  return (process.env.PATH ?? '').split(':').flatMap(folder => {
    const path = join(folder, 'node')
    const {status, stdout} = spawnSync(path, ['-v'], {encoding: 'utf8'})
    const [, major, minor] = /^v(\d+)\.(\d+)/.exec(status === 0 ? stdout : '') ?? []
    return major === undefined ? [] : [{path, major: Number(major), minor: Number(minor)}]
  })
}
