import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {parseLogFilter} from '../shared/log-filter.ts'
import {findInstance} from './instance.ts'

export interface LogLevelDocument {
  readonly instance: string
  readonly filter: string
  /** What the runtime was started with. */
  readonly configured: string
  /** Where it was changed. */
  readonly was?: string
}

/** @throws AppError `BAD_SETTING` for a filter that is none, `LOG_LEVEL_REFUSED` from the runtime */
export async function setLogLevel(filter: string | undefined, reset: boolean): Promise<LogLevelDocument> {
  const parsed = filter === undefined ? undefined : parseLogFilter(filter)
  if (parsed?.ok === false) {
    throw new AppError('BAD_SETTING', `invalid log filter ${JSON.stringify(parsed.part)}: ${parsed.why}`, {
      exitCode: exitCode.usage,
      fix: 'Give a level (info), or levels by module: info,only1mcp::proxy=trace.',
    })
  }
  const {client, record} = await findInstance()
  const before = (await client.snapshot()).logging
  if (before === undefined)
    throw new AppError('LOG_LEVEL_REFUSED', `the runtime (version ${record.version}) cannot change its log level`, {
      fix: 'Restart it with this version, or with --log-level.',
    })
  if (filter !== undefined || reset) {
    const result = await client.action('log_level', undefined, undefined, {
      ...(filter !== undefined && {filter}),
      ...(reset && {reset}),
    })
    if (!result.ok) throw new AppError('LOG_LEVEL_REFUSED', result.message)
  }
  const after = (await client.snapshot()).logging ?? before
  return {
    instance: record.instance,
    filter: after.filter,
    configured: after.configured,
    ...(after.filter !== before.filter && {was: before.filter}),
  }
}
