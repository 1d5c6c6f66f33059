/** Installs the other proxies from npm into a folder of their own, once; a failure means "not available". */
import {execFile} from 'node:child_process'
import {existsSync, mkdirSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'

export const peerVersions = {'mcp-hub': '4.2.1', 'mcp-proxy': '6.7.19', supergateway: '4.0.0'}
export const defaultPeersFolder = join(tmpdir(), 'only1mcp-bench-peers')
const INSTALL_TIMEOUT_MS = 180_000

/** The folder of the installed package. @throws Error with the last line npm wrote */
export async function installPeer(name, peersFolder = defaultPeersFolder) {
  const folder = join(peersFolder, `${name}-${peerVersions[name]}`)
  const installed = join(folder, 'node_modules', name)
  const done = join(folder, '.complete')
  if (existsSync(done)) return installed
  mkdirSync(folder, {recursive: true})
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  const args = [
    'install',
    `${name}@${peerVersions[name]}`,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]
  try {
    await promisify(execFile)('npm', args, {cwd: folder, timeout: INSTALL_TIMEOUT_MS})
  } catch (error) {
    throw new Error(
      `npm could not install it: ${String(error.stderr || error.message)
        .trim()
        .split('\n')
        .at(-1)}`,
    )
  }
  writeFileSync(done, '')
  return installed
}
