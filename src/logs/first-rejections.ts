import {parseLogLine} from './parse-line.ts'

/** Rejections further apart than this are two troubles, not one. */
const sameTroubleMs = 30 * 60_000

/**
 * Since when each server has been rejecting our credentials, by lines of `error.log`, oldest first: the first line of the
 * newest unbroken run. ISO-8601 UTC by id of the server.
 */
export function firstRejections(lines: readonly string[]): Readonly<Record<string, string>> {
  const runs = new Map<string, {first: string; last: number}>()
  for (const line of lines) {
    if (!line.includes('CredentialsRejected')) continue
    const parsed = parseLogLine(line)
    if (parsed?.type !== 'error' || parsed.kind !== 'CredentialsRejected') continue
    const id = parsed.pairs.server_id
    const at = Date.parse(parsed.at)
    if (id === undefined || Number.isNaN(at)) continue
    const run = runs.get(id)
    runs.set(id, {first: run !== undefined && at - run.last <= sameTroubleMs ? run.first : parsed.at, last: at})
  }
  return Object.fromEntries([...runs].map(([id, {first}]) => [id, first]))
}
