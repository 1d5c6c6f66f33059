/** Redis and PostgreSQL of a benchmark, on loopback and in a folder of their own; gone with us. */
import {execFileSync, spawn} from 'node:child_process'
import {chownSync, existsSync, mkdirSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {endWithUs} from '../../test/conformance/end-with-us.ts'
import {freePort} from '../../test/conformance/running-proxy.ts'
import {descendants} from './process-figures.mjs'

/** `nobody` on Debian: PostgreSQL refuses to run as root. */
const nobody = 65534

/** A program that can be frozen, killed and started again. @throws Error when it does not say that it is ready */
async function startServer(command, args, ready, options) {
  let child
  const start = async () => {
    child = spawn(command, args, {stdio: ['ignore', 'pipe', 'pipe'], ...options})
    endWithUs(child)
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said = (said + chunk).slice(-8192)))
    const until = performance.now() + 30_000
    while (!ready.test(said)) {
      if (child.exitCode !== null || performance.now() > until) throw new Error(`${command} did not start: ${said}`)
      await delay(50)
    }
  }
  await start()
  return {
    restart: start,
    freeze(frozen) {
      for (const pid of [child.pid, ...descendants(child.pid)]) process.kill(pid, frozen ? 'SIGSTOP' : 'SIGCONT')
    },
    async kill(signal = 'SIGKILL') {
      const gone = new Promise(resolve => child.once('exit', resolve))
      child.kill(signal)
      await gone
    },
  }
}

/** @returns undefined where it is not installed */
export async function startRedis(folder) {
  if (!installed('redis-server')) return undefined
  const port = await freePort()
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no']
  return {url: `redis://127.0.0.1:${port}`, ...(await startServer('redis-server', args, /Ready to accept/, {}))}
}

/** @returns undefined where it is not installed */
export async function startPostgres(folder) {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').sort() : []
  const binaries = versions.map(version => `/usr/lib/postgresql/${version}/bin`).findLast(each => existsSync(each))
  if (binaries === undefined) return undefined
  const place = join(folder, 'postgres')
  mkdirSync(place, {recursive: true})
  const as = process.getuid() === 0 ? {uid: nobody, gid: nobody} : {}
  if (as.uid !== undefined) chownSync(place, nobody, nobody)
  const [port, data] = [await freePort(), join(place, 'data')]
  const init = ['-D', data, '-A', 'trust', '-U', 'only1mcp', '-E', 'UTF8', '--no-locale', '--no-sync']
  execFileSync(join(binaries, 'initdb'), init, {...as, cwd: place, stdio: 'ignore'})
  const args = ['-D', data, '-p', String(port), '-k', place, '-c', 'listen_addresses=127.0.0.1']
  const ready = /ready to accept connections/
  const server = await startServer(join(binaries, 'postgres'), args, ready, {...as, cwd: place})
  return {
    url: `postgres://only1mcp@127.0.0.1:${port}/postgres`,
    ...server,
    kill: () => server.kill('SIGQUIT'),
  }
}

function installed(program) {
  try {
    execFileSync(program, ['--version'], {stdio: 'ignore'})
    return true
  } catch {
    return false
  }
}
