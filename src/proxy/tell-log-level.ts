import type {Backend} from './backend.ts'
import type {Link} from './link.ts'
import {mcpLogLevels} from './mcp-log-levels.ts'

/** Has a legacy server log from a level on, where it logs at all. Resolves with its answer, whatever that is. */
export async function tellLogLevel(backend: Backend, link: Link, level: string): Promise<void> {
  if (!logs(link)) return
  link.logLevel = level
  try {
    const params = Buffer.from(JSON.stringify({level}))
    await backend.call(link.connection, {method: 'logging/setLevel', params, timeoutMs: backend.timeoutMs})
  } catch {
    // Its answer changes nothing for a client, whose own level holds here.
  }
}

/** A request that wants to hear more than its server was told to log: the others hear no more for it. */
export async function hearFromLevel(backend: Backend, link: Link, level: string): Promise<void> {
  const rank = mcpLogLevels.indexOf(level)
  const told = link.logLevel === undefined ? mcpLogLevels.length : mcpLogLevels.indexOf(link.logLevel)
  if (rank !== -1 && rank < told) await tellLogLevel(backend, link, level)
}

function logs({connection: {info}}: Link): boolean {
  return info.era === 'legacy' && info.capabilities.logging !== undefined
}
