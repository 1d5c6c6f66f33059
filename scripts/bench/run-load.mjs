/** The load generator of the soak, as a process of its own. */
import {spawn} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import {endWithUs} from '../../test/conformance/end-with-us.ts'

const generator = fileURLToPath(new URL('resilience-load.mjs', import.meta.url))

/** Runs it to its end. @param options what it takes @param began gets the process once it runs */
export function runLoad(options, began = () => {}) {
  const child = spawn(process.execPath, [generator, JSON.stringify({connections: 32, ...options})], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  endWithUs(child)
  child.stdin.on('error', () => {}) // it has ended
  let out = ''
  child.stdout.setEncoding('utf8').on('data', chunk => {
    out += chunk
  })
  began(child)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => (code === 0 ? resolve(JSON.parse(out)) : reject(new Error(`load ended with ${code}`))))
  })
}
