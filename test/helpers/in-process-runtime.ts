import {join} from 'node:path'
import {loadConfig} from '../../src/config/load.ts'
import {type Runtime, startRuntime} from '../../src/proxy/runtime.ts'
import {atEnd} from './at-end.ts'
import {tempDir} from './temp-dir.ts'

export interface InProcessRuntime {
  readonly runtime: Runtime
  readonly url: string
  readonly configPath: string
  readonly logDir: string
}

/**
 * The runtime in this process, from the sources, over a file that is at `configPath` already: for what would take too long
 * with a process for each step. Ended with the test.
 */
export async function startInProcess(configPath: string): Promise<InProcessRuntime> {
  const folder = tempDir()
  const load = () => loadConfig(configPath, {env: {}, forStart: true})
  const loaded = load()
  if (!loaded.ok) throw new Error(loaded.problems.map(({message}) => message).join('\n'))
  const [stateDir, logDir] = [join(folder, 'state'), join(folder, 'log')]
  const runtime = await startRuntime({
    config: loaded.config,
    configPath,
    configSha256: loaded.sha256,
    secrets: loaded.secrets,
    stateDir,
    logDir,
    version: '0.0.0',
    argv: [],
    source: {path: configPath, load: async () => load()},
  })
  atEnd(() => runtime.stop('the test is over'))
  return {runtime, url: `http://127.0.0.1:${runtime.record.port}`, configPath, logDir}
}
