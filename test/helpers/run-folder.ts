import {chmodSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {TestProject} from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /**
     * A folder that the files of one run share, for what is dear to make and the same for all: compiled code, a database
     * cluster. Nothing in it may differ between tests.
     */
    readonly runFolder: string
  }
}

/** Makes the folder before the first test and takes it away after the last. */
export default function makeRunFolder({provide}: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'o1-run-'))
  chmodSync(folder, 0o711) // what another user keeps there, that user has to reach
  provide('runFolder', folder)
  return () => rmSync(folder, {recursive: true, force: true, maxRetries: 5, retryDelay: 50})
}
