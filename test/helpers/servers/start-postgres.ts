import {chownSync, existsSync, mkdirSync, readdirSync, renameSync} from 'node:fs'
import {join} from 'node:path'
import {inject} from 'vitest'
import {needsUser, tempDirOf, type User} from '../as-user.ts'
import {atEnd} from '../at-end.ts'
import {freePort} from '../free-port.ts'
import {findBinary} from '../missing-binary.ts'
import {aliveDescendants} from '../processes.ts'
import {type RunningProgram, type RunOptions, runProgram, spawnProgram} from '../program.ts'
import {skipTest} from '../skip-test.ts'
import {tempDir} from '../temp-dir.ts'
import {untilAccepts} from './start-redis.ts'

export interface PostgresServer {
  /** Of a superuser without a password, on the database `postgres`. */
  readonly url: string
  readonly port: number
  /** The postmaster that runs now. */
  process(): RunningProgram
  /** Freezes the server with every process of it; again with `false` to go on. */
  freeze(frozen: boolean): void
  /** Ends it at once, as an operator's `stop -m immediate` does. */
  kill(): Promise<void>
  /** Once more on the same port and data, after it was ended. */
  restart(): Promise<void>
}

/** A real PostgreSQL on loopback, in a temporary folder; ended with the test, which is skipped where it is not installed. */
export async function startPostgres(): Promise<PostgresServer> {
  const binaries = binaryFolder() ?? skipTest('postgres is not installed')
  // It refuses to run as root.
  const user: User | undefined = process.getuid?.() === 0 ? needsUser('nobody') : undefined
  const folder = user === undefined ? tempDir() : tempDirOf(user)
  const as = user === undefined ? {} : {user}
  const data = join(folder, 'data')
  await copyCluster(await madeCluster(binaries, user), data, as)
  const port = await freePort()
  let program: RunningProgram
  const start = async (): Promise<void> => {
    program = spawnProgram(
      join(binaries, 'postgres'),
      ['-D', data, '-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off'],
      {...as, cwd: folder},
    )
    await program.untilOutput(/database system is ready to accept connections/, 60_000)
    await untilAccepts(port)
  }
  const kill = async (): Promise<void> => {
    program.child.kill('SIGQUIT')
    await program.exited
  }
  await start()
  const freeze = (frozen: boolean): void => {
    for (const pid of [program.pid, ...aliveDescendants(program.pid).map(each => each.pid)])
      process.kill(pid, frozen ? 'SIGSTOP' : 'SIGCONT')
  }
  atEnd(async () => {
    if (program.child.exitCode !== null || program.child.signalCode !== null) return
    freeze(false)
    await kill()
  })
  return {
    url: `postgres://only1mcp@127.0.0.1:${port}/postgres`,
    port,
    process: () => program,
    freeze,
    kill,
    restart: start,
  }
}

/** An empty cluster, made once in a run: initdb takes longer than most tests. */
async function madeCluster(binaries: string, user: User | undefined): Promise<string> {
  const place = join(inject('runFolder'), 'postgres')
  const cluster = join(place, 'made')
  if (existsSync(cluster)) return cluster
  mkdirSync(place, {recursive: true, mode: 0o700})
  if (user !== undefined) chownSync(place, user.uid, user.gid)
  const own = join(place, String(process.pid))
  const made = await runProgram(
    join(binaries, 'initdb'),
    ['--pgdata', own, '--auth', 'trust', '--username', 'only1mcp', '--encoding', 'UTF8', '--no-locale', '--no-sync'],
    {...(user && {user}), cwd: place, timeoutMs: 60_000},
  )
  if (made.code !== 0) throw new Error(`initdb failed\n${made.stdout}${made.stderr}`)
  try {
    renameSync(own, cluster)
  } catch (error) {
    if (!existsSync(cluster)) throw error // else another file of this run was first
  }
  return cluster
}

async function copyCluster(from: string, to: string, as: RunOptions): Promise<void> {
  const copied = await runProgram('cp', ['-a', from, to], as)
  if (copied.code !== 0) throw new Error(`the cluster cannot be copied\n${copied.stderr}`)
}

/** Debian keeps the server's programs off the PATH. */
function binaryFolder(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((one, other) => Number(other) - Number(one)) : []
  const folder = versions.map(version => join(debian, version, 'bin')).find(each => existsSync(join(each, 'postgres')))
  return folder ?? findBinary('postgres')?.replace(/\/postgres$/, '')
}
