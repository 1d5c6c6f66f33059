import {describe, expect, test} from 'vitest'
import {parseConfig} from '../../src/config/load.ts'
import {problemLines} from '../../src/config/problem-lines.ts'
import {secretMarks} from '../../src/config/secret-marks.ts'
import {knownValuesRedactor} from '../../src/redaction/known-values.ts'

const secret = 'hunter2hunter2'

/** Broken files with the secret in it, on or beside the line that is shown. */
const leaks: readonly (readonly [string, string])[] = [
  ['an environment', `servers:\n  - id: a\n    command: 3\n    env: {X: ${secret}, "A B": c}\n`],
  ['a value of the wrong type where a secret belongs', `servers:\n  - {id: a, command: x, env: [${secret}]}\n`],
  ['a text where secrets belong', `servers:\n  - {id: a, command: x, env: ${secret}}\n`],
  ['a header in one line', `servers: [{id: a, endpoint: "http://h/", headers: {X: ${secret}}, timeou: 3}]\n`],
  ['a misspelt section', `servers:\n  - id: a\n    command: x\n    enviroment:\n      X: ${secret}\n    timeou: 3\n`],
  ['a misspelt section in one line', `servers:\n  - {id: a, command: x, heeders: {X: ${secret}}}\n`],
  ['a misplaced key', `server:\n  api_key: ${secret}\n`],
  ['a duplicate key', `servers:\n  - id: a\n    command: x\n    env:\n      X: ${secret}\n      X: ${secret}\n`],
  ['an argument after its flag', `servers:\n  - {id: a, command: x, args: [--token, ${secret}], timeou: 3}\n`],
  ['an argument with its flag', `servers:\n  - {id: a, command: x, args: [--api-key=${secret}, 3]}\n`],
  ['a URL', `servers:\n  - {id: a, endpoint: "http://user:${secret}@h/", timeou: 3}\n`],
  ['a query', `servers:\n  - {id: a, endpoint: "ftp://h/?api_key=${secret}"}\n`],
  ['the URL of a store', `cache: {redis: {url: "redis://:${secret}@h", port: 1}}\n`],
  ['a store key of the wrong type', `observability: {request_log: {postgres: {url: {a: ${secret}}}}}\n`],
  ['a session key', `server:\n  session_key: ${secret}\n  prot: 1\n`],
  ['an anchor', `x-headers: &h {X: ${secret}}\nservers:\n  - {id: a, endpoint: "http://h/", headers: *h, tim: 1}\n`],
  ['a merged map', `x-base: &b {env: {X: ${secret}}, tim: 1}\nservers:\n  - {<<: *b, id: a, command: x}\n`],
  ['a default of a variable', `servers:\n  - {id: a, command: x, env: {X: "\${U:-${secret}}"}, tim: 1}\n`],
  [
    'a value of a variable',
    `servers:\n  - {id: a, command: x, timeout: "\${S}", transport: "\${S}"}\nserver: {port: "\${S}"}\n`,
  ],
  ['a version from a variable', `version: "\${S}"\n`],
  ['an id from a variable', `servers:\n  - {id: "\${S} \${S}", command: x}\n`],
  ['an endpoint from a variable', `servers:\n  - {id: "a", endpoint: "\${S}"}\n`],
  ['a block', `servers:\n  - id: a\n    command: x\n    env:\n      X: |\n        ${secret}\n      "A B": 1\n`],
  ['a file that does not parse', `servers:\n  - id: a\n    env:\n      X: ${secret}\n      Y: [${secret}\n`],
  ['a file that does not parse, in one line', `servers: [{id: a, env: {X: ${secret}}, args: [--token, ${secret}]\n`],
  ['a broken quote', `server:\n  session_key: "${secret}\n`],
  ['a comment', `# token: ghp_${secret}\nsever: 1\n`],
]

describe('a message never shows a secret that stands in', () => {
  test.each(leaks)('%s', (_, text) => {
    const {problems} = parseConfig(text, 'c.yaml', {env: {S: secret}})
    expect(problems.length).toBeGreaterThan(0)
    const shown = JSON.stringify(problems) + problems.flatMap(problem => problemLines(problem)).join('\n')
    expect(shown).not.toContain('hunter2')
  })
})

describe('what is handed to the redactor', () => {
  const text = `servers:
  - id: a
    command: x
    args: ["\${GITHUB_TOKEN}", "\${HOME}"]
    env: {X: plain-secret, Y: "Bearer \${TOKEN}"}
`
  const env = {TOKEN: 'token-value', GITHUB_TOKEN: 'github-value', HOME: '/home/me'}

  test('values at marked places, and of the variables in them', () => {
    const loaded = parseConfig(text, 'c.yaml', {env})
    expect(loaded.ok && [...loaded.secrets].sort()).toEqual([
      'Bearer token-value',
      'github-value',
      'plain-secret',
      'token-value',
    ])
  })

  test('the marks hide the values of a whole configuration, and leave the keys', () => {
    const loaded = parseConfig(text, 'c.yaml', {env})
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
    const shown = knownValuesRedactor(loaded.secrets).value(loaded.config, secretMarks())
    expect(JSON.stringify(shown)).not.toMatch(/token-value|plain-secret|github-value/)
    expect(shown).toMatchObject({servers: [{id: 'a', env: {X: '‹secret:marked›'}}], server: {port: 8080}})
  })

  test('every place that the schema marks is known', () => {
    expect(secretMarks().map(mark => mark.join('.'))).toEqual([
      'server.session_key',
      'server.previous_session_key',
      'servers.*.env.*',
      'servers.*.headers.*',
      'servers.*.auth.token',
      'servers.*.auth.oauth.client_secret',
      'servers.*.auth.oauth.refresh_token',
      'shared.redis.url',
      'cache.redis.url',
      'auth.api_keys.*.hash',
      'observability.request_log.postgres.url',
    ])
  })
})
