import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import {findBinary} from '../helpers/missing-binary.ts'
import {packageRoot} from '../helpers/package-root.ts'
import {copyPackage} from '../helpers/planted-package.ts'
import {runProgram} from '../helpers/program.ts'
import {tempDir} from '../helpers/temp-dir.ts'

interface Packed {
  filename: string
  version: string
  files: {path: string; mode: number}[]
}

/** Everything that may be in the tarball. A file that is in none of these is a surprise. */
const allowed = [
  /^bin\/(only1mcp|run\.js|runtime\.js|prepare-process\.js)$/,
  /^dist\/([a-z0-9-]+\/)*[a-z0-9-]+\.js(\.map)?$/,
  /^dist\/build-info\.json$/,
  /^docs\/([a-z0-9-]+\/)*[a-z0-9-]+\.md$/,
  /^docs\/schemas\/[a-z0-9.-]+\.schema\.json$/,
  /^examples\/([a-z0-9-]+\/)*[a-z0-9.-]+\.(ya?ml|json|md|mjs|service|conf)$/,
  /^(package\.json|oclif\.manifest\.json|LICENSE|README\.md|CHANGELOG\.md)$/,
]

describe('the package, packed and installed into an empty folder', () => {
  const {files} = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {files: string[]}
  let packed: Packed
  let prefix: string

  beforeAll(async () => {
    // Of a copy and without scripts: `prepack` would build dist anew under the tests that use it, and it is built.
    const folder = tempDir()
    const source = join(folder, 'source')
    copyPackage(source, [...files, 'package.json', 'LICENSE', 'README.md', 'test', 'src', '.npmrc'])
    const {stdout} = await npm(source, ['pack', '--ignore-scripts', '--json', '--pack-destination', folder])
    packed = JSON.parse(stdout)[0]
    prefix = join(folder, 'empty')
    mkdirSync(prefix)
    await npm(prefix, ['install', '--prefix', prefix, '--prefer-offline', '--omit=dev', join(folder, packed.filename)])
  }, 240_000)

  it('holds what it needs and nothing else', () => {
    const paths = packed.files.map(({path}) => path)
    expect(paths.filter(path => !allowed.some(pattern => pattern.test(path)))).toEqual([])
    for (const needed of ['bin/only1mcp', 'bin/run.js', 'dist/cli/main.js', 'oclif.manifest.json', 'LICENSE']) {
      expect(paths).toContain(needed)
    }
    for (const command of Object.keys(shippedCommands())) {
      expect(paths).toContain(`dist/commands/${command.replaceAll(':', '/')}.js`)
    }
    expect(packed.files.find(({path}) => path === 'bin/only1mcp')?.mode.toString(8)).toMatch(/755$/)
  })

  it('would not let a test, a source or a stray file through', () => {
    for (const path of [
      'test/a.test.ts',
      'src/a.ts',
      'dist/a.ts',
      'dist/commands/a.test.js',
      '.npmrc',
      'bin/old.js',
      'docs/.swp',
    ]) {
      expect(
        allowed.some(pattern => pattern.test(path)),
        path,
      ).toBe(false)
    }
  })

  it('brings no development dependency', () => {
    const {devDependencies} = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
    const installed = installedPackages(join(prefix, 'node_modules'))
    expect(installed).toContain('@oclif/core')
    for (const tool of ['typescript', 'vitest', '@biomejs/biome']) expect(devDependencies).toHaveProperty(tool)
    expect(installed.filter(name => ['typescript', 'vitest', '@biomejs/biome'].includes(name))).toEqual([])
  })

  it('runs on the Node that came with it', async () => {
    const {code, stdout, stderr} = await installed(['--version'])
    expect({code, stderr}).toEqual({code: 0, stderr: ''})
    expect(stdout).toMatch(new RegExp(`^only1mcp/${packed.version} linux-`))
    const own = join(prefix, 'node_modules', `node-linux-${process.arch}`, 'bin/node')
    if (!existsSync(own)) return
    const {stdout: info} = await installed(['version', '--build-info', '--json'])
    expect(JSON.parse(info).execPath).toBe(own)
  })

  it('helps', async () => {
    const {code, stdout, stderr} = await installed(['--help'])
    expect({code, stderr}).toEqual({code: 0, stderr: ''})
    expect(stdout).toContain('$ only1mcp [COMMAND]')
  })

  it('knows its build and its libraries', async () => {
    const {code, stdout, stderr} = await installed(['version', '--build-info', '--json'])
    expect({code, stderr}).toEqual({code: 0, stderr: ''})
    const {version, libraries} = JSON.parse(stdout)
    expect(version).toBe(packed.version)
    expect(Object.values(libraries)).not.toContain('not installed')
  })

  it('generates a configuration that it takes as valid', async () => {
    const {code, stdout} = await installed(['config', 'generate'])
    expect(code).toBe(0)
    const path = join(prefix, 'only1mcp.yaml')
    writeFileSync(path, stdout)
    const {code: valid, stdout: said} = await installed(['validate', path])
    expect(valid, said).toBe(0)
  })

  function installed(args: readonly string[]) {
    return runProgram(join(prefix, 'node_modules/.bin/only1mcp'), args, {cwd: prefix})
  }
})

function shippedCommands(): Record<string, unknown> {
  return JSON.parse(readFileSync(join(packageRoot, 'oclif.manifest.json'), 'utf8')).commands
}

/** Names of all packages below a node_modules folder, scoped ones with their scope. */
function installedPackages(folder: string): string[] {
  return readdirSync(folder).flatMap(name =>
    name.startsWith('@') ? readdirSync(join(folder, name)).map(inner => `${name}/${inner}`) : [name],
  )
}

/** Runs npm with the user's own settings and cache, but none of what an `npm test` around us has set for its scripts. */
async function npm(cwd: string, args: readonly string[]) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^(npm_(lifecycle|package|command|node)|npm_config_(local_|global_)?prefix|NODE_ENV|VITEST)/.test(name),
    ),
  )
  const result = await runProgram(findBinary('npm') ?? 'npm', args, {cwd, env, timeoutMs: 200_000})
  if (result.code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${result.code}\n${result.stderr}`)
  return result
}
