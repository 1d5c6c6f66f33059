import {chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {findBinary} from './missing-binary.ts'
import {packageRoot} from './package-root.ts'

/** Copies what a package of ours is made of into a folder, so that a test can change it; dist has been built before. */
export function copyPackage(to: string, parts: readonly string[]): void {
  mkdirSync(to, {recursive: true})
  for (const part of parts) {
    const from = join(packageRoot, part)
    if (existsSync(from)) cpSync(from, join(to, part), {recursive: true})
  }
}

/** Lets the package in this folder use the dependencies that are installed here. */
export function linkDependencies(to: string): void {
  symlinkSync(join(packageRoot, 'node_modules'), join(to, 'node_modules'))
}

/** The launcher with another program behind it. */
export function plantLauncher(to: string, runJs: string): string {
  mkdirSync(join(to, 'bin'), {recursive: true})
  copyFileSync(join(packageRoot, 'bin/only1mcp'), join(to, 'bin/only1mcp'))
  writeFileSync(join(to, 'bin/run.js'), runJs)
  writeFileSync(join(to, 'package.json'), '{"type": "module"}')
  return join(to, 'bin/only1mcp')
}

/** A PATH with the few programs that the launcher's shell needs, and no Node. */
export function pathWithoutNode(folder: string): string {
  mkdirSync(folder, {recursive: true})
  for (const name of ['sh', 'readlink', 'dirname', 'uname']) {
    const found = findBinary(name)
    if (found !== undefined) symlinkSync(found, join(folder, name))
  }
  return folder
}

/** Puts a `node` into a folder that is this one but says it is of another version. */
export function plantNode(folder: string, version: string): void {
  const preload = join(folder, 'version.mjs')
  writeFileSync(
    preload,
    `Object.defineProperty(process, 'version', {value: 'v${version}'})
     Object.defineProperty(process, 'versions', {value: {...process.versions, node: '${version}'}})`,
  )
  const script = `#!${join(folder, 'sh')}
if [ "$1" = -v ]; then echo v${version}; exit; fi
exec '${process.execPath}' --import '${preload}' "$@"
`
  writeFileSync(join(folder, 'node'), script)
  chmodSync(join(folder, 'node'), 0o755)
}
