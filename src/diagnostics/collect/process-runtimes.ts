import {readdirSync, readlinkSync} from 'node:fs'
import {resolve} from 'node:path'
import {discoverConfig} from '../../config/discover.ts'
import {readArgv, readProcessStat} from '../../shared/proc.ts'
import type {RunningRuntime} from '../facts/host.ts'
import type {Collector} from '../live-facts.ts'
import {readEnvironment} from './process-environment.ts'

/**
 * Processes of this machine that are runtimes, by the program they run (`bin/runtime.js` and an order), not by a name.
 * Those of other users are only told as far as this user may look.
 */
export const processRuntimes: Collector<'process.runtimes'> = {
  kind: 'process.runtimes',
  timeoutMs: 3000,
  async collect() {
    const found = readdirSync('/proc').flatMap(name => (/^\d+$/.test(name) ? runtimeOf(Number(name)) : []))
    return {state: 'known', value: found}
  },
}

function runtimeOf(pid: number): RunningRuntime[] {
  const argv = readArgv(pid) ?? []
  const entry = argv.findIndex(argument => argument.endsWith('/bin/runtime.js'))
  const stat = entry < 0 ? undefined : readProcessStat(pid)
  if (stat === undefined || stat.state === 'Z') return []
  const env = readEnvironment(pid)
  return [{pid, configPath: configOf(pid, argv[entry + 1] ?? '', env), stateDir: env?.ONLY1MCP_STATE_DIR ?? null}]
}

/** As the runtime itself finds it; null where its environment and folder are not for this user to see. */
function configOf(pid: number, order: string, env: Readonly<Record<string, string>> | undefined): string | null {
  try {
    const flag = /"config":\s*"((?:[^"\\]|\\.)*)"/.exec(order)?.[1]
    const named: unknown = flag === undefined ? undefined : JSON.parse(`"${flag}"`)
    const cwd = readlinkSync(`/proc/${pid}/cwd`)
    if (typeof named === 'string') return resolve(cwd, named)
    if (env === undefined) return null
    const discovered = discoverConfig({env, cwd, home: env.HOME ?? '/'})
    return 'found' in discovered ? resolve(cwd, discovered.found) : null
  } catch {
    return null // another user's, or gone meanwhile
  }
}
