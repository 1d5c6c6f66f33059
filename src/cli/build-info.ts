import {readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import os from 'node:os'

export interface BuildInfo {
  readonly version: string
  /** null where the build had no repository (a source tarball). */
  readonly commit: string | null
  readonly dirty: boolean | null
  /** ISO-8601 UTC. */
  readonly builtAt: string
  readonly node: string
  readonly execPath: string
  readonly platform: string
  /** Direct dependencies with the versions that are installed, and the libraries built into Node that matter here. */
  readonly libraries: Readonly<Record<string, string>>
}

/** What this program is and runs on, read from what was installed; nothing is remembered from the build but the commit. */
export function readBuildInfo(): BuildInfo {
  const root = new URL('../../', import.meta.url)
  const {version, dependencies} = readJson(new URL('package.json', root)) as {
    version: string
    dependencies: Record<string, string>
  }
  const build = readJson(new URL('dist/build-info.json', root)) as Pick<BuildInfo, 'commit' | 'dirty' | 'builtAt'>
  const libraries: Record<string, string> = {}
  for (const name of Object.keys(dependencies)) libraries[name] = installedVersion(name)
  for (const name of ['v8', 'openssl', 'llhttp', 'uv'] as const) libraries[name] = process.versions[name] ?? 'unknown'
  return {
    version,
    ...build,
    node: process.version,
    execPath: process.execPath,
    platform: `${process.platform}-${process.arch} ${os.release()}`,
    libraries,
  }
}

/** The version of the copy that an import from this package would get. */
function installedVersion(name: string): string {
  for (const base of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    try {
      return String((readJson(`${base}/${name}/package.json`) as {version: unknown}).version)
    } catch {
      // not in this folder: the next one up
    }
  }
  return 'not installed'
}

function readJson(path: string | URL): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}
