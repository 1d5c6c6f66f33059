import {spawn} from 'node:child_process'
import {extname} from 'node:path'
import {fileURLToPath} from 'node:url'
import {deserialize, serialize} from 'node:v8'
import {messageOf} from '../shared/errors.ts'
import {fileProblem} from './file-problem.ts'
import type {LoadOrder} from './load-process.ts'
import type {LoadedConfig, LoadOptions} from './loaded-config.ts'

/** A file of the largest size that is taken needs a few seconds on a slow machine. */
const deadlineMs = 30_000

/**
 * `loadConfig` in a process that ends afterwards: a large file is some 100 ms of work that no request waits for, and the
 * parser and the schema never come into the memory of the runtime (a thread would leave 40 MiB behind). What is told goes
 * over pipes, secrets included. Never rejects: whatever happens to the process is a problem of the file, too.
 */
export function loadConfigInProcess(path: string, options: LoadOptions = {}): Promise<LoadedConfig> {
  // In the build the module is JavaScript; from the sources Node takes the types away itself.
  const module = fileURLToPath(new URL(`./load-process${extname(import.meta.url)}`, import.meta.url))
  const order: LoadOrder = {path, options: {...options, env: {...(options.env ?? process.env)}}}
  return new Promise(resolve => {
    const fail = (why: string): void => {
      clearTimeout(timer)
      resolve({ok: false, path, problems: [fileProblem(path, 'file.unreadable', `the file cannot be loaded: ${why}`)]})
    }
    const child = spawn(process.execPath, ['--disable-sigusr1', module], {stdio: ['pipe', 'pipe', 'pipe']})
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      fail(`it is not read after ${deadlineMs / 1000} s`)
    }, deadlineMs)
    const answer: Buffer[] = []
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => answer.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-500)
    })
    child.stdin.on('error', () => {}) // it ended early: its end says so
    child.on('error', error => fail(messageOf(error)))
    child.on('close', (code, signal) => {
      if (code !== 0) return fail(`the process that read it ended with ${signal ?? code} ${said}`)
      clearTimeout(timer)
      resolve(deserialize(Buffer.concat(answer)) as LoadedConfig)
    })
    child.stdin.end(serialize(order))
  })
}
