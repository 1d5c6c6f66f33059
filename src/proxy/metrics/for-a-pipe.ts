import type {IncomingMessage} from 'node:http'

const comments = /^# (?:HELP|TYPE) only1mcp_cache_(?:hits|misses)_total .*\n/gm

/**
 * The page without the comments of the two families that a hit ratio is made of, for whoever pipes it from curl: in the
 * guide's "Check cache effectiveness" `grep cache_hits | awk '{print $2}'` goes to bc, and has to be one number. Comments
 * are optional in the format; who asks for the format by `Accept`, as scrapers do, gets all of them.
 */
export function forAPipe(text: string, {headers}: IncomingMessage): string {
  const {accept = '*/*', 'user-agent': client = ''} = headers
  return accept === '*/*' && client.startsWith('curl/') ? text.replace(comments, '') : text
}
