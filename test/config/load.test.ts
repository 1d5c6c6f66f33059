import {execFileSync} from 'node:child_process'
import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, describe, expect, test} from 'vitest'
import {loadConfig, parseConfig} from '../../src/config/load.ts'
import {exitCodeOf, invalidConfig} from '../../src/config/loaded-config.ts'
import {maxConfigBytes} from '../../src/config/read-config-file.ts'
import {brokenConfigs} from './broken-configs.ts'

const folder = mkdtempSync(join(tmpdir(), 'only1mcp-load-'))
afterAll(() => rmSync(folder, {recursive: true}))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('a broken configuration names the place and the way out', () => {
  test.each(brokenConfigs)('$name', ({text, code, line, column, path, message, suggestion, severity, ...options}) => {
    const {env = {}, strict = false, forStart = false} = options
    const loaded = parseConfig(text, 'c.yaml', {env, strict, forStart})
    const found = loaded.problems.find(problem => problem.code === code)
    expect(found, JSON.stringify(loaded.problems)).toBeDefined()
    expect(found).toMatchObject({severity: severity ?? 'error', line, column, file: 'c.yaml'})
    if (path !== undefined) expect(found?.path).toBe(path)
    if (message) expect(found?.message).toMatch(message)
    if (suggestion) expect(found?.suggestion).toMatch(suggestion)
    expect(loaded.ok).toBe(severity === 'warning')
    expect(found?.frame.at(-1)).toMatch(/^ +\| +\^+$|^ +\| \^+$/)
  })

  test('one cause is one problem', () => {
    const alone = brokenConfigs.filter(({code}) => /^(key|value|yaml|variable|version)\./.test(code))
    for (const {name, text, env = {}, strict = false} of alone) {
      const {problems} = parseConfig(text, 'c.yaml', {env, strict})
      const errors = problems.filter(({code}) => code !== 'setting.inactive')
      const expected = ['a key that is a list', 'an anchor inside itself', 'the same section twice'].includes(name)
        ? 2
        : 1
      expect(errors.length, `${name}: ${errors.map(({message}) => message).join('; ')}`).toBeLessThanOrEqual(expected)
    }
  })

  test('a duplicate shows both places', () => {
    const {problems} = parseConfig('server:\n  port: 1\n  host: h\n  port: 2\n', 'c.yaml')
    expect(problems[0]).toMatchObject({line: 4, related: [{message: 'first here', line: 2, column: 3}]})
  })

  test('a misspelt key that is needed is not also missing', () => {
    const {problems} = parseConfig('servers:\n  - idd: a\n    comand: run\n', 'c.yaml')
    expect(problems.map(({code, suggestion}) => [code, suggestion])).toEqual([
      ['key.unknown', 'did you mean "id"?'],
      ['key.unknown', 'did you mean "command"?'],
    ])
  })

  test('one wrong server does not hide that two others share an id', () => {
    const text = 'servers:\n  - {id: a, command: x}\n  - {id: b, command: 3}\n  - {id: a, command: x}\n'
    expect(parseConfig(text, 'c.yaml').problems.map(({code}) => code)).toEqual(['value.type', 'server.duplicate_id'])
  })

  test('more problems than anybody reads are cut, errors first', () => {
    const text = `servers:\n${Array.from({length: 300}, (_, i) => `  - {id: s${i}}`).join('\n')}\n  - {id: "no good", command: x}\n`
    const {problems} = parseConfig(text, 'c.yaml')
    expect(problems).toHaveLength(101)
    expect(problems[0]).toMatchObject({code: 'value.format', severity: 'error'})
    expect(problems.at(-1)).toMatchObject({code: 'problems.more', severity: 'warning'})
  })
})

describe('what a valid file comes to', () => {
  test('defaults, durations in milliseconds, sizes in bytes, folders absolute', () => {
    const path = file(
      'ok.yaml',
      'servers:\n  - {id: a, command: run, timeout: 1.5m, cwd: sub}\nserver: {max_body_size: 1MiB}\npaths: {state: st}\n',
    )
    const loaded = loadConfig(path, {env: {}})
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
    expect(loaded.config.servers[0]).toMatchObject({timeout: 90_000, cwd: join(folder, 'sub'), enabled: true, args: []})
    expect(loaded.config.server).toMatchObject({host: '127.0.0.1', port: 8080, max_body_size: 1_048_576})
    expect(loaded.config.paths.state).toBe(join(folder, 'st'))
    expect(loaded.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(loaded.problems).toEqual([])
  })

  test('a byte order mark, CRLF and JSON are fine', () => {
    expect(loadConfig(file('bom.yaml', '\ufeffserver:\r\n  port: 81\r\n')).ok).toBe(true)
    expect(parseConfig('{"server": {"port": 81}}', 'c.json').ok).toBe(true)
    const broken = loadConfig(file('crlf.yaml', '\ufeffserver:\r\n  prot: 81\r\n'))
    expect(broken.problems[0]).toMatchObject({
      line: 2,
      column: 3,
      frame: ['   1 | server:', '   2 |   prot: 81', '     |   ^^^^'],
    })
  })

  test('x- keys are free, anchors and merge keys work, a section with nothing in it is not there', () => {
    const text = 'x-base: &base {command: run, args: [a]}\nservers:\n  - {<<: *base, id: one, args: [b]}\ncache:\n'
    const loaded = parseConfig(text, 'c.yaml')
    expect(loaded.problems).toEqual([])
    expect(loaded.ok && loaded.config.servers[0]).toMatchObject({id: 'one', command: 'run', args: ['b']})
  })

  test('a variable fits a number, and stays text where text is wanted', () => {
    const text = `server:
  port: \${PORT}
servers:
  - {id: a, command: x, enabled: "\${ON}", env: {P: "\${PORT}"}, timeout: "\${T}"}
`
    const loaded = parseConfig(text, 'c.yaml', {env: {PORT: '8123', ON: 'false', T: '2s'}})
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
    expect(loaded.config.server.port).toBe(8123)
    expect(loaded.config.servers[0]).toMatchObject({enabled: false, env: {P: '8123'}, timeout: 2000})
  })

  test('a variable can not change the structure', () => {
    const loaded = parseConfig(`servers:\n  - {id: a, command: "\${C}"}\n`, 'c.yaml', {
      env: {C: 'x"}\n  - {id: b, command: "y'},
    })
    expect(loaded.ok && loaded.config.servers).toHaveLength(1)
  })

  test('the other spelling of the breaker is the same setting', () => {
    const loaded = parseConfig('circuit_breaker: {failure_threshold: 10, timeout: 60s}\n', 'c.yaml')
    expect(loaded.ok && loaded.config.health?.circuit_breaker).toMatchObject({
      failure_threshold: 10,
      recovery_timeout: 60_000,
    })
  })

  test('what is switched off is not called ignored', () => {
    expect(parseConfig('auth: {enabled: false}\n', 'c.yaml', {forStart: true}).problems).toEqual([])
  })
})

describe('what is no readable file is one clear problem at once', () => {
  const codeOf = (path: string) => loadConfig(path).problems.map(({code, line}) => [code, line])

  test('missing, a folder, empty, only comments, binary, UTF-16, not UTF-8, too large', () => {
    expect(codeOf(join(folder, 'missing.yaml'))).toEqual([['file.missing', 1]])
    expect(codeOf(folder)).toEqual([['file.folder', 1]])
    expect(codeOf(file('empty.yaml', ''))).toEqual([['file.empty', 1]])
    expect(codeOf(file('comments.yaml', '# a\n# b\n'))).toEqual([['file.empty', 1]])
    expect(codeOf(file('binary.yaml', Buffer.from('a: 1\nb: \0\n')))).toEqual([['file.binary', 2]])
    const utf16 = loadConfig(file('utf16.yaml', Buffer.from('\ufeffa: 1\n', 'utf16le')))
    expect(utf16.problems[0]?.message).toMatch(/UTF-16/)
    expect(codeOf(file('latin1.yaml', Buffer.from('a: 1\nb: caf\xe9\nc: 1\n', 'latin1')))).toEqual([['file.binary', 2]])
    expect(codeOf(file('large.yaml', Buffer.alloc(maxConfigBytes + 1, '#')))).toEqual([['file.too_large', 1]])
  })

  test('pipes and devices are never opened', () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    expect(codeOf(pipe)).toEqual([['file.not_regular', 1]])
    expect(codeOf('/dev/zero')).toEqual([['file.not_regular', 1]])
  })

  test.skipIf(process.getuid?.() !== 0)('an unreadable file names the user and the mode', () => {
    const path = file('private.yaml', 'server: {}\n')
    chmodSync(path, 0o600)
    chmodSync(folder, 0o755)
    const hidden = join(folder, 'hidden')
    mkdirSync(hidden, {mode: 0o700})
    writeFileSync(join(hidden, 'c.yaml'), 'server: {}\n')
    const seteuid = process.seteuid?.bind(process)
    seteuid?.(65534)
    try {
      const [problem] = loadConfig(path).problems
      expect(problem).toMatchObject({code: 'file.unreadable', message: expect.stringMatching(/mode 0600, owner uid 0/)})
      expect(loadConfig(join(hidden, 'c.yaml')).problems[0]?.message).toContain(
        `may not look into ${hidden}: mode 0700`,
      )
      expect(exitCodeOf(loadConfig(path).problems)).toBe(3)
    } finally {
      seteuid?.(0)
    }
  })

  test('alias bombs and deep nesting end early', () => {
    const levels = [...'bcdefghijk'].map(
      (name, i) => `x-${name}: &${name} [${Array(9).fill(`*${'abcdefghijk'[i]}`).join(',')}]`,
    )
    const bomb = `x-a: &a [1,1,1,1,1,1,1,1,1]\n${levels.join('\n')}\nservers: *k\n`
    expect(parseConfig(bomb, 'c.yaml').problems.map(({code}) => code)).toEqual(['yaml.too_many_values'])
    for (const depth of [200, 5000]) {
      const deep = `a: ${'['.repeat(depth)}${']'.repeat(depth)}`
      expect(parseConfig(deep, 'c.yaml').problems.map(({code}) => code)).toEqual(['yaml.too_deep'])
    }
  })
})

test('the error for a command shows every frame and exits with 2', () => {
  const loaded = parseConfig('server:\n  prot: 1\n', 'c.yaml')
  const error = invalidConfig(loaded)
  expect(error.exitCode).toBe(2)
  expect(error.fix).toContain(
    'c.yaml:2:3: error: unknown key "prot" in server\n   1 | server:\n   2 |   prot: 1\n     |   ^^^^',
  )
})
