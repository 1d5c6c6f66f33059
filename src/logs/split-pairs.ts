/** A message, and the key=value pairs that stand behind it. */
export interface MessageParts {
  readonly text: string
  readonly pairs: Readonly<Record<string, string>>
}

const pair = /(?:^| )([A-Za-z_][\w.-]*)=(?:"((?:[^"\\]|\\.)*)"|([^\s"=\\]+))(?= |$)/y

/**
 * Splits what follows the ErrorKind field of a log line: the pairs are the unbroken run of ` key=value` at its end, a
 * value bare or in double quotes with `\"` and `\\` escaped (see logValue in shared/log-line). One pass from left to
 * right, so that a hostile line costs no more than its length.
 */
export function splitPairs(rest: string): MessageParts {
  let pairs: [string, string][] = []
  let runStart = -1
  let position = 0
  while (position < rest.length) {
    pair.lastIndex = position
    const match = pair.exec(rest)
    if (match) {
      if (runStart < 0) runStart = position
      pairs.push([match[1] ?? '', match[3] ?? (match[2] ?? '').replace(/\\(.)/g, '$1')])
      position = pair.lastIndex
      continue
    }
    runStart = -1
    pairs = []
    const space = rest.indexOf(' ', position + 1)
    if (space < 0) break
    position = space
  }
  const text = runStart < 0 ? rest : rest.slice(0, runStart)
  return {text: text.trimEnd(), pairs: Object.fromEntries(pairs)}
}
