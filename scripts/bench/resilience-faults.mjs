/**
 * What goes wrong during the soak, one each time, in turn. Each fault is over when its promise resolves. `scene` is
 * {tell(server, mode, ms), pidOf(server), load, redis, postgres, proxyPid, folder, logs}; `needs` names what may be missing.
 */
import {existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'

const backendFault = (server, mode, ms) => ({id: `${server} ${mode}`, run: scene => scene.tell(server, mode, ms)})

function signalled(server, first, last, ms) {
  return async scene => {
    const pid = scene.pidOf(server)
    process.kill(pid, first)
    if (last === undefined) return
    await delay(ms)
    process.kill(pid, last)
  }
}

/** Renames the log as logrotate does, and has the runtime begin a new one. */
async function rotate({folder, logs, proxyPid}) {
  const log = logs ?? join(folder, 'log')
  for (const name of readdirSync(log).filter(each => each.endsWith('.log')))
    renameSync(join(log, name), join(log, `${name}.9`))
  process.kill(proxyPid, 'SIGUSR2')
}

/** Until nothing more fits: writers get ENOSPC for three seconds. */
async function fillLogDisk({logs}) {
  const filler = join(logs, 'filler')
  try {
    for (const size of [1 << 20, 1 << 12]) {
      const block = Buffer.alloc(size)
      try {
        for (;;) writeFileSync(filler, block, {flag: 'a'})
      } catch (error) {
        if (error.code !== 'ENOSPC') throw error
      }
    }
    await delay(3000)
  } finally {
    rmSync(filler, {force: true})
  }
}

async function reload({folder, proxyPid}) {
  const file = join(folder, 'only1mcp.json')
  const config = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(`${file}.new`, JSON.stringify({...config, 'x-reload': (config['x-reload'] ?? 0) + 1}, null, 2))
  renameSync(`${file}.new`, file)
  process.kill(proxyPid, 'SIGHUP')
}

export const canReload = existsSync(new URL('../../dist/commands/reload.js', import.meta.url))

export const faults = [
  {id: 'sick-stdio killed', run: signalled('sick-stdio', 'SIGKILL')},
  backendFault('sick-http', 'hang', 3000),
  backendFault('sick-stdio', 'exit', 100),
  backendFault('sick-http', 'reset', 2000),
  {id: 'sick-stdio stopped', run: signalled('sick-stdio', 'SIGSTOP', 'SIGCONT', 3500)},
  {
    id: 'redis killed',
    needs: 'redis',
    run: async ({redis}) => {
      await redis.kill()
      await delay(3000)
      await redis.restart()
    },
  },
  backendFault('sick-http', 'reset-after', 2000),
  backendFault('sick-stdio', 'garbage', 2000),
  {
    id: 'postgres frozen',
    needs: 'postgres',
    run: async ({postgres}) => {
      postgres.freeze(true)
      await delay(4000)
      postgres.freeze(false)
    },
  },
  backendFault('sick-http', '500', 2000),
  {id: 'log rotated', run: rotate},
  backendFault('sick-stdio', 'hang', 3000),
  {
    id: 'redis frozen',
    needs: 'redis',
    run: async ({redis}) => {
      redis.freeze(true)
      await delay(4000)
      redis.freeze(false)
    },
  },
  backendFault('sick-http', 'html', 2000),
  {
    id: 'clients disconnect',
    run: async ({tell, load}) => {
      await tell('sick-http', 'slow-headers', 1500)
      for (let n = 0; n < 10; n++) {
        load.stdin.write('disconnect 20\n')
        await delay(100)
      }
    },
  },
  backendFault('sick-http', 'slow-headers', 2500),
  {id: 'log disk full', needs: 'logDisk', run: fillLogDisk},
  {id: 'reload', needs: 'reload', run: reload},
  backendFault('sick-http', 'huge', 1000),
  {
    id: 'postgres killed',
    needs: 'postgres',
    run: async ({postgres}) => {
      await postgres.kill()
      await delay(3000)
      await postgres.restart()
    },
  },
  backendFault('sick-http', 'cut-off', 2000),
]
