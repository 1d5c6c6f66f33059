/**
 * A registry view that lacks one platform's package lets npm drop it from the lock without a word, and `npm ci` fails
 * elsewhere. Every optional dependency of every locked package must itself be in the lock.
 */
import {readFileSync} from 'node:fs'
import {pathToFileURL} from 'node:url'

/**
 * @param {{packages: Record<string, {optionalDependencies?: Record<string, string>, resolved?: string}>}} lock
 * @returns {string[]} what is wrong, a line each
 */
export function lockProblems(lock) {
  const problems = []
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (entry.resolved?.startsWith('http')) problems.push(`${path}: holds a download address`)
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      const found = [...ancestors(path)].some(base => lock.packages[`${base}node_modules/${name}`])
      if (!found) problems.push(`${path || 'package.json'}: optional dependency ${name} is not in the lock file`)
    }
  }
  return problems
}

/** The folders in which Node would look for a dependency of the package at `path`, innermost first. */
function* ancestors(path) {
  for (let base = path; base !== ''; base = base.slice(0, Math.max(0, base.lastIndexOf('node_modules/') - 1))) {
    yield `${base}/`
  }
  yield ''
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const problems = lockProblems(JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')))
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
