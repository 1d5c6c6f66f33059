import {extname} from 'node:path'
import {Worker} from 'node:worker_threads'
import {messageOf} from '../shared/errors.ts'
import type {LoadedConfig, LoadOptions} from './load.ts'
import type {LoadOrder} from './load-thread.ts'
import type {Problem} from './problem.ts'

/** A file of the largest size that is taken needs a few seconds on a slow machine. */
const deadlineMs = 30_000

/**
 * `loadConfig` in a thread that ends afterwards: a large file is some 100 ms of work that no request waits for, and the
 * parser and the schema leave memory with the thread. Never rejects: a file that brings the thread down is a problem too.
 */
export function loadConfigInWorker(path: string, options: LoadOptions = {}): Promise<LoadedConfig> {
  // In the build the module is JavaScript; from the sources Node takes the types away itself.
  const module = new URL(`./load-thread${extname(import.meta.url)}`, import.meta.url)
  const workerData: LoadOrder = {path, options: {...options, env: {...(options.env ?? process.env)}}}
  return new Promise(resolve => {
    const worker = new Worker(module, {workerData, execArgv: [], resourceLimits: {maxOldGenerationSizeMb: 512}})
    const give = (loaded: LoadedConfig): void => {
      clearTimeout(timer)
      resolve(loaded)
      void worker.terminate()
    }
    const fail = (why: string): void => give({ok: false, path, problems: [unloadable(path, why)]})
    const timer = setTimeout(() => fail(`it is not read after ${deadlineMs / 1000} s`), deadlineMs)
    worker.once('message', give)
    worker.once('error', error => fail(messageOf(error)))
    worker.once('exit', () => fail('the thread that read it ended'))
  })
}

function unloadable(file: string, why: string): Problem {
  const message = `the file cannot be loaded: ${why}`
  const place = {file, line: 1, column: 1, path: '', frame: [], related: []}
  return {severity: 'error', code: 'file.unreadable', message, suggestion: null, ...place}
}
