/** Names that say of their value that it is secret, of variables, flags, and query parameters alike. */
const telling =
  /token|secret|passw|passphrase|api[-_]?key|access[-_]?key|credential|private|(^|[-_])(auth|pw|pat|sig|signature|key)$/i

export function tellsSecret(name: string): boolean {
  return telling.test(name)
}

/** The secrets among a command's arguments: `--token X`, `--api-key=X`, `PASSWORD=X`. */
export function secretArguments(args: readonly string[]): string[] {
  const found: string[] = []
  for (const [index, argument] of args.entries()) {
    const pair = /^([^=\s]+)=(.+)$/s.exec(argument)
    if (pair?.[1] !== undefined && pair[2] !== undefined) {
      if (tellsSecret(pair[1])) found.push(pair[2])
      continue
    }
    const next = args[index + 1]
    if (/^--?[a-z]/i.test(argument) && tellsSecret(argument) && next !== undefined && !next.startsWith('-'))
      found.push(next)
  }
  return found
}

/** The secrets in a URL, as they stand there and decoded: user info, and the values of telling query parameters. */
export function secretsInUrl(text: string): string[] {
  if (!URL.canParse(text)) return []
  const url = new URL(text)
  const raw = [url.username, url.password]
  for (const pair of url.search.slice(1).split('&')) {
    const [name = '', value = ''] = pair.split(/=(.*)/s, 2)
    if (tellsSecret(decoded(name))) raw.push(value)
  }
  return [...new Set(raw.flatMap(value => [value, decoded(value)]))].filter(value => value !== '')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a lone percent sign is no encoding
  }
}
