import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {runCli} from '../helpers/cli.ts'
import {packageRoot} from '../helpers/package-root.ts'

const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  version: string
  dependencies: Record<string, string>
}

it('version --build-info tells commit, build time, Node, platform and the libraries that are really installed', async () => {
  const {code, stdout, stderr} = await runCli(['version', '--build-info', '--json'])
  expect({code, stderr}).toEqual({code: 0, stderr: ''})
  const info = JSON.parse(stdout) as {builtAt: string; libraries: Record<string, string>}
  expect(info).toMatchObject({
    schemaVersion: 1,
    version: manifest.version,
    node: expect.stringMatching(/^v\d+\.\d+\.\d+$/),
    execPath: expect.stringMatching(/\/node$/),
    platform: expect.stringMatching(/^linux-\w+ \S+$/),
  })
  expect(Date.parse(info.builtAt)).toBeLessThanOrEqual(Date.now())
  for (const [name, version] of Object.entries(manifest.dependencies)) {
    const installed = JSON.parse(readFileSync(join(packageRoot, 'node_modules', name, 'package.json'), 'utf8'))
    expect([name, info.libraries[name]]).toEqual([name, installed.version])
    expect(installed.version).toBe(version)
  }
  expect(info.libraries).toMatchObject({v8: expect.any(String), openssl: expect.any(String)})
})

it('version alone is one line', async () => {
  expect(await runCli(['version'])).toMatchObject({code: 0, stdout: `only1mcp ${manifest.version}\n`, stderr: ''})
})
