/** A file that is wrong in one way, made from a valid one. */
export interface Mutant {
  readonly how: string
  readonly text: string
}

/** Valid; each of its lines holds one key or list item, so that a line can be spoiled by itself. */
export const validText = `server:
  port: 0
  request_timeout: 30s
  max_body_size: 4MiB
  allowed_hosts:
    - mcp.example.com
  max_sessions: 100
servers:
  - id: one
    command: one-server
    args:
      - --stdio
    weight: 2
    timeout: 5s
    tools:
      deny:
        - danger
  - id: two
    endpoint: http://127.0.0.1:1/mcp
    enabled: false
    retry:
      max_attempts: 2
      backoff: fixed
proxy:
  load_balancer:
    algorithm: random
    virtual_nodes: 10
  batching:
    enabled: true
    window_ms: 5
cache:
  enabled: true
  ttl_seconds: 5
  eviction:
    high_water_mark: 0.9
    low_water_mark: 0.5
health:
  circuit_breaker:
    failure_threshold: 3
rate_limit:
  per_address:
    requests_per_minute: 100000
observability:
  metrics:
    port: 0
  logging:
    level: info
`

interface Line {
  readonly at: number
  readonly indent: string
  /** `- ` where the line begins a list item. */
  readonly dash: string
  readonly key: string
  readonly value: string
}

/** Every line that has a key. */
function keyLines(lines: readonly string[]): Line[] {
  return lines.flatMap((line, at) => {
    const [, indent, dash, key, value] = /^( *)(- )?([a-z_]+):(?: (.*))?$/.exec(line) ?? []
    return key === undefined ? [] : [{at, indent: indent ?? '', dash: dash ?? '', key, value: value ?? ''}]
  })
}

/** Texts that each have one fault: syntax, unknown keys, wrong types, variables that are not there, keys that stand twice. */
export function mutants(): Mutant[] {
  const lines = validText.trimEnd().split('\n')
  const found = keyLines(lines)
  const leaves = found.filter(({value}) => value !== '')
  const spoiled = (how: string, at: number, ...instead: readonly string[]): Mutant => ({
    how: `line ${at + 1}: ${how}`,
    text: `${lines.toSpliced(at, 1, ...instead).join('\n')}\n`,
  })
  const line = (at: number): string => lines[at] ?? ''
  const head = ({indent, dash, key}: Line): string => `${indent}${dash}${key}:`
  return [
    ...lines.map((_, at) => spoiled('a bracket too many', at, '}{', line(at))),
    ...found.map(each =>
      spoiled(`unknown key ${each.key}q`, each.at, line(each.at).replace(`${each.key}:`, `${each.key}q:`)),
    ),
    ...leaves.map(each => spoiled(`a map for ${each.key}`, each.at, `${head(each)} {nested: {deeper: 1}}`)),
    ...leaves.map(each => spoiled(`no variable for ${each.key}`, each.at, `${head(each)} "\${NOT_THERE_${each.at}}"`)),
    ...leaves
      .filter(({dash}) => dash === '')
      .map(each => spoiled(`${each.key} twice`, each.at, line(each.at), line(each.at))),
    ...wrongReferences.map(([how, from, to]) => ({how, text: validText.replace(from, to)})),
  ]
}

const wrongReferences: readonly (readonly [how: string, from: string, to: string])[] = [
  ['two servers with one id', '- id: two', '- id: one'],
  ['Redis without an address', 'cache:\n  enabled: true', 'cache:\n  enabled: true\n  backend: redis'],
  ['marks in the wrong order', 'low_water_mark: 0.5', 'low_water_mark: 0.95'],
  ['no such algorithm', 'algorithm: random', 'algorithm: fastest'],
  ['a port that there is not', 'port: 0\n  request', 'port: 70000\n  request'],
  ['a time that is none', 'request_timeout: 30s', 'request_timeout: soon'],
  ['an endpoint that is no URL', 'http://127.0.0.1:1/mcp', 'not-a-url'],
  ['shared Redis without a session key', 'health:', 'shared:\n  redis:\n    url: redis://127.0.0.1:1\nhealth:'],
]
