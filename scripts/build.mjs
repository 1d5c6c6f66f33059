/** Compiles src to dist, writes the command manifest and what `version --build-info` tells of this build. */
import {execFileSync} from 'node:child_process'
import {mkdirSync, rmSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {createManifest} from './manifest.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/** @returns {string | null} */
function git(...args) {
  try {
    return execFileSync('git', args, {cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}).trim()
  } catch {
    return null // a tarball has no repository: the build info says "unknown"
  }
}

rmSync(new URL('../dist', import.meta.url), {recursive: true, force: true})
try {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], {
    cwd: root,
    stdio: 'inherit',
  })
} catch {
  process.exit(1) // the compiler has said why
}
mkdirSync(new URL('../dist', import.meta.url), {recursive: true})
const dirty = git('status', '--porcelain')
const buildInfo = {
  commit: git('rev-parse', 'HEAD'),
  dirty: dirty === null ? null : dirty !== '',
  builtAt: new Date().toISOString(),
}
writeFileSync(new URL('../dist/build-info.json', import.meta.url), `${JSON.stringify(buildInfo, null, 2)}\n`)
const manifest = await createManifest(root)
writeFileSync(new URL('../oclif.manifest.json', import.meta.url), `${JSON.stringify(manifest, null, 2)}\n`)
