import {execFileSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {parse, stringify} from 'yaml'
import {hashApiKey, newApiKey} from '../../src/auth/api-keys.ts'
import {TestAuthority} from '../auth/certificates.ts'
import {signingKey, token} from '../auth/jwt/issuer.ts'
import {runCli} from '../helpers/cli.ts'
import {needsBinary} from '../helpers/missing-binary.ts'
import {tempDir} from '../helpers/temp-dir.ts'

const seconds = (offset: number): number => Math.floor(Date.now() / 1000) + offset

describe('auth keygen', () => {
  test('prints the key once and lines that are a valid configuration with its hash', async () => {
    const {code, stdout} = await runCli(['auth', 'keygen', '--id', 'ci', '--roles', 'reader, writer'])
    expect(code).toBe(0)
    const [key = '', ...rest] = stdout.split('\n')
    expect(key).toMatch(/^o1k_/)
    expect(parse(rest.join('\n'))).toEqual({
      auth: {api_keys: [{id: 'ci', hash: hashApiKey(key), roles: ['reader', 'writer']}]},
    })
  })

  test('as JSON holds the same', async () => {
    const {stdout} = await runCli(['auth', 'keygen', '--json'])
    const made = JSON.parse(stdout)
    expect(made).toMatchObject({schemaVersion: 1, id: 'default', roles: [], hash: hashApiKey(made.key)})
  })

  test('hashes a key from stdin without printing it, and refuses one that can be guessed', async () => {
    const own = 'f'.repeat(64)
    const {code, stdout, stderr} = await runCli(['auth', 'keygen', '--stdin'], {input: `${own}\n`})
    expect([code, stdout.includes(hashApiKey(own)), (stdout + stderr).includes(own)]).toEqual([0, true, false])
    for (const input of ['secret123', '', ' \n'])
      expect((await runCli(['auth', 'keygen', '--stdin'], {input})).code).toBe(2)
  })

  test.each([
    ['--id', 'a b'],
    ['--id', '"\n'],
    ['--roles', 'a: b'],
  ])('refuses %s %j', async (flag, value) => {
    expect((await runCli(['auth', 'keygen', flag, value])).code).toBe(2)
  })
})

describe('auth inspect', () => {
  test('refuses a token on the command line without repeating it', async () => {
    const {code, stdout, stderr} = await runCli(['auth', 'inspect', 'eyJhbGci.eyJzdWIi.c2ln'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('--env NAME')
    expect(stderr).not.toContain('eyJ')
  })

  test('takes a token of another issuer as it is, where no keys are configured', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const shared = `${part({alg: 'HS256'})}.${part({exp: seconds(600)})}.c2ln`
    const {code, stdout} = await runCli(['auth', 'inspect'], {input: shared})
    expect([code, stdout.includes('WARN  it is signed with a shared secret')]).toEqual([0, true])
    expect((await runCli(['auth', 'inspect'], {input: 'opaque-1234'})).stdout).toContain('it is no JWT')
  })

  test('shows what a token says from stdin, and its end in words', async () => {
    const text = await token(signingKey('k1'), {exp: seconds(7200), roles: ['a']})
    const {code, stdout} = await runCli(['auth', 'inspect'], {input: `Bearer ${text}\n`})
    expect(code).toBe(0)
    expect(stdout).toMatch(/^NOT CHECKED {2}/)
    expect(stdout).toMatch(/it expires in 1h 59m|it expires in 2h/)
    expect(stdout).toMatch(/ {2}alg +ES256\n {2}kid +k1/)
    expect(stdout).toMatch(/ {2}sub +alice/)
    expect(stdout).not.toContain(text.split('.')[2])
  })

  test('says of an expired one since when, from a variable, with status 1', async () => {
    const text = await token(signingKey('k1'), {exp: seconds(-3600)})
    const {code, stdout} = await runCli(['auth', 'inspect', '--env', 'T', '--json'], {env: {T: text}})
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      kind: 'jwt',
      claims: {sub: 'alice'},
      notes: [{status: 'fail', text: expect.stringMatching(/^it expired (1h|59m 5\ds) ago|^it expired 1h/)}],
      verification: {state: 'not-checked'},
    })
  })

  test('verifies with the keys of a configuration', async () => {
    const folder = tempDir()
    const [key, other] = [signingKey('k1'), signingKey('k1')]
    const apiKey = newApiKey()
    writeFileSync(join(folder, 'key.pem'), key.publicKey.export({format: 'pem', type: 'spki'}))
    const config = join(folder, 'c.yaml')
    const jwt = {issuer: 'https://issuer.example', audience: ['me'], key_file: 'key.pem'}
    writeFileSync(config, stringify({auth: {jwt, api_keys: [{id: 'ci', hash: hashApiKey(apiKey)}]}}))
    const inspect = async (input: string) => {
      const {code, stdout} = await runCli(['auth', 'inspect', '--config', config, '--json'], {input})
      const {verification} = JSON.parse(stdout)
      return [code, verification.state, verification.principal ?? verification.summary]
    }
    expect(await inspect(await token(key))).toEqual([0, 'good', 'jwt:alice'])
    expect(await inspect(apiKey)).toEqual([0, 'good', 'key:ci'])
    const [code, state, summary] = await inspect(await token(other))
    expect([code, state]).toEqual([1, 'refused'])
    expect(summary).toMatch(/^JWT signature verification failed/)
    expect((await inspect(await token(key, {aud: 'x'})))[2]).toMatch(/^JWT audience is not accepted here/)
    expect((await inspect('o1k_unknown'))[1]).toBe('refused')
  })

  test('shows nothing that a terminal would act on', async () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const evil = `${part({alg: 'none', '\u001b[2J': '\u001b]0;x\u0007'})}.${part({sub: '\u202Eevil\u009b31m', exp: 1e300})}.`
    const {code, stdout} = await runCli(['auth', 'inspect'], {input: evil})
    expect(code).toBe(1)
    expect(stdout).toMatch(/it is not signed/)
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  })

  test('without a token is wrong usage, and one on the command line is not taken', async () => {
    expect((await runCli(['auth', 'inspect'], {input: ''})).code).toBe(2)
    expect((await runCli(['auth', 'inspect', '--env', 'NOT_SET'])).code).toBe(2)
    expect((await runCli(['auth', 'inspect', 'a.b.c'])).code).toBe(2)
  })
})

describe('auth cert', () => {
  test('passes a good certificate with its chain, key and name', async () => {
    const authority = new TestAuthority()
    const {cert, key} = authority.issue({days: 90})
    const good = ['auth', 'cert', cert, '--ca', authority.ca.cert, '--key', key, '--host', 'localhost']
    const {code, stdout} = await runCli(good)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^PASS {2}validity {2}it is valid for (89|90) days more/m)
    expect(stdout).toMatch(/^PASS {2}chain {5}it leads to CN=Test CA$/m)
    expect(stdout).toMatch(/^PASS {2}key {7}the private key is its own$/m)
    expect(stdout).toMatch(/^PASS {2}host {6}it is good for localhost$/m)
    const {stdout: json} = await runCli([...good.slice(0, -1), '127.0.0.1', '--json'])
    expect(JSON.parse(json)).toMatchObject({
      daysLeft: expect.any(Number),
      certificates: [{subject: 'CN=localhost', names: ['localhost', 'DNS:localhost', 'IP Address:127.0.0.1']}],
      checks: [{status: 'pass'}, {status: 'pass'}, {status: 'pass'}, {status: 'pass'}],
    })
  })

  test('says what is wrong, with status 1', async () => {
    const [authority, other] = [new TestAuthority(), new TestAuthority('Other CA')]
    const [good, expired] = [authority.issue({days: 5}), authority.issue({days: -3})]
    const run = async (...args: string[]) => {
      const {code, stdout} = await runCli(['auth', 'cert', ...args])
      return `${code} ${stdout}`
    }
    expect(await run(expired.cert)).toMatch(/^1 FAIL {2}validity {2}it expired [23] days ago/)
    expect(await run(good.cert)).toMatch(/^0 WARN {2}validity/)
    expect(await run(good.cert, '--ca', other.ca.cert)).toMatch(/^1 [\s\S]*FAIL {2}chain .*CN=Test CA is not there/)
    expect(await run(good.cert, '--key', expired.key)).toMatch(/^1 [\s\S]*FAIL {2}key .*another certificate/)
    expect(await run(good.cert, '--host', 'mcp.example.com')).toMatch(/^1 [\s\S]*FAIL {2}host .*only for localhost/)
    expect(await run(good.key)).toMatch(/^1 /)
    expect(await run('/nowhere.pem')).toMatch(/^3 /)
    expect(await run('/dev')).toMatch(/^3 /)
  })

  test('reads DER too', async () => {
    const {cert} = new TestAuthority().issue()
    const der = `${cert}.der`
    execFileSync(needsBinary('openssl'), ['x509', '-in', cert, '-outform', 'der', '-out', der])
    expect(readFileSync(der)[0]).toBe(0x30)
    expect((await runCli(['auth', 'cert', der])).code).toBe(0)
  })
})
