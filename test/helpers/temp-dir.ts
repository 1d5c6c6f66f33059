import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {atEnd} from './at-end.ts'

/**
 * A new empty folder, mode 0700, removed when the test (or, from a hook, the file) ends. Its path is short, so that a
 * control socket below it fits into a socket address.
 */
export function tempDir(): string {
  const path = mkdtempSync(join(tmpdir(), 'o1-'))
  atEnd(() => rmSync(path, {recursive: true, force: true, maxRetries: 5, retryDelay: 50}))
  return path
}
