import type {ActionArgs, ActionResult} from '../../control/contract/actions.ts'
import {parseLogFilter} from '../../shared/log-filter.ts'
import type {RuntimeLog} from '../runtime-log.ts'

/**
 * The control action `log_level`: `{filter}` is laid over what holds now, `{reset: true}` goes back to what the runtime
 * was started with, and without either it only tells.
 */
export function changeLogLevel(log: RuntimeLog, {filter, reset}: ActionArgs): ActionResult {
  const {gates} = log
  const before = gates.text
  if (filter !== undefined) {
    const parsed = typeof filter === 'string' ? parseLogFilter(filter) : undefined
    if (parsed === undefined) return {ok: false, message: 'filter must be a text such as info,only1mcp::proxy=trace'}
    if (!parsed.ok) return {ok: false, message: `invalid log filter ${JSON.stringify(parsed.part)}: ${parsed.why}`}
    if (reset === true) gates.reset()
    gates.change(parsed.filter)
  } else if (reset === true) gates.reset()
  else return {ok: true, message: `log level: ${before}`}
  if (gates.text === before) return {ok: true, message: `log level: ${before}, as before`}
  const pairs = {from: before, to: gates.text}
  log.audit('log_level', pairs)
  log.write({
    level: 'INFO',
    module: 'logs',
    kind: 'LogLevel',
    message: 'the log level was changed',
    pairs,
    always: true,
  })
  return {ok: true, message: `log level: ${gates.text} (was ${before})`}
}
