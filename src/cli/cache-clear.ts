import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {safeText} from '../shared/safe-text.ts'
import {confirmed} from './confirmed.ts'
import {findInstance, type Instance} from './instance.ts'
import {printJson, printLine, printNote} from './output.ts'

export interface ClearFlags {
  readonly server?: string | undefined
  readonly yes?: boolean | undefined
  readonly json?: boolean | undefined
}

/** Redis may hold many, and lists take as long as their servers. */
const clearTimeoutMs = 30_000
const rebuildTimeoutMs = 90_000

/** @throws AppError `CACHE_OFF`, `UNKNOWN_SERVER`, `NOT_CONFIRMED` */
export async function clearCache({server, yes, json}: ClearFlags): Promise<void> {
  const {client, record} = await findInstance()
  const {cache, servers} = await client.snapshot()
  if (cache?.enabled !== true) {
    throw new AppError('CACHE_OFF', 'the runtime keeps no answers: there is nothing to clear', {
      fix: 'Its configuration has no cache.enabled: true.',
      exitCode: exitCode.findings,
    })
  }
  if (server !== undefined && !servers.some(({id}) => id === server)) {
    throw new AppError('UNKNOWN_SERVER', `the runtime has no server ${JSON.stringify(server)}`, {
      fix: servers.length === 0 ? 'No servers are configured.' : `It has: ${servers.map(({id}) => id).join(', ')}`,
      exitCode: exitCode.usage,
    })
  }
  const what = server === undefined ? `all ${cache.entries} kept answers` : `the kept answers of ${server}`
  const where = cache.redis === null ? '' : ', and those that instances share in Redis'
  const question = `Forget ${what} of pid ${record.pid}${where}? Servers are asked again.`
  if (await confirmed(question, yes === true))
    await act(client, 'cache_clear', server === undefined ? {} : {server}, clearTimeoutMs, json === true)
}

/** @throws AppError `NOT_CONFIRMED` */
export async function rebuildCache({yes, json}: ClearFlags): Promise<void> {
  const {client, record} = await findInstance()
  const question = `Forget what pid ${record.pid} keeps, and read the lists of all its servers anew?`
  if (await confirmed(question, yes === true)) await act(client, 'cache_rebuild', {}, rebuildTimeoutMs, json === true)
}

async function act(
  client: Instance['client'],
  action: string,
  args: Readonly<Record<string, unknown>>,
  timeoutMs: number,
  json: boolean,
): Promise<void> {
  const {ok, message} = await client.action(action, undefined, timeoutMs, args)
  if (json) printJson({ok, message})
  else if (ok) printLine(safeText(message))
  else printNote(safeText(message))
  if (!ok) process.exitCode = exitCode.findings
}
