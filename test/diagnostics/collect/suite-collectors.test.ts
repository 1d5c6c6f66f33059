import {createHash} from 'node:crypto'
import {chmodSync, cpSync, mkdirSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs'
import http from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {keepGeneration} from '../../../src/config/generations.ts'
import {collectorsFor} from '../../../src/diagnostics/collect/collectors.ts'
import type {FactSource} from '../../../src/diagnostics/fact.ts'
import {liveFacts} from '../../../src/diagnostics/live-facts.ts'
import {atEnd} from '../../helpers/at-end.ts'
import {Scene} from '../scene.ts'
import {server} from '../world.ts'

let scene: Scene
beforeEach(() => {
  scene = new Scene()
  scene.config('version: "1.0"\n')
})
afterEach(() => scene.close())

function facts(): FactSource {
  const place = {configFlag: scene.configPath, env: scene.env, cwd: scene.folder, home: scene.folder}
  return liveFacts({collectors: collectorsFor(place), host: 'here', signal: new AbortController().signal})
}

describe('kept configurations', () => {
  const about = {version: '1.0.0', since: '2026-01-02T03:04:05.000Z'}
  const kept = async () => {
    const fact = await facts().get(`state.generations:${scene.stateDir}`)
    if (fact.state !== 'known') throw new Error(fact.why)
    return fact.value
  }
  const folder = () => join(scene.stateDir, 'generations')

  test('are compared with their own account, byte for byte', async () => {
    expect(await facts().get(`state.generations:${scene.stateDir}`)).toMatchObject({state: 'absent'})
    const paths = ['a: 1\n', 'a: 2\n', 'a: 3\n'].map(
      text => keepGeneration(scene.stateDir, Buffer.from(text), about)?.path ?? '',
    )
    expect(await kept()).toEqual({folder: folder(), whole: 3, broken: []})
    writeFileSync(paths[1] ?? '', 'a: 2 \n')
    expect(await kept()).toMatchObject({whole: 2, broken: [{fault: expect.stringContaining('meta.json says')}]})
  })

  test.each([
    {
      what: 'a copy under another number',
      make: (path: string) => cpSync(path, join(folder(), '7-00000000'), {recursive: true}),
      fault: /its name says 00000000/,
    },
    {what: 'a stray folder', make: () => mkdirSync(join(folder(), 'old')), fault: /its name is not/},
    {what: 'no meta.json', make: () => mkdirSync(join(folder(), '9-aaaaaaaa')), fault: /there is no file/},
    {
      what: 'a meta.json that is none',
      make: (path: string) => writeFileSync(join(path, 'meta.json'), '[]'),
      fault: /no record of a generation/,
    },
    {
      what: 'a FIFO for a link',
      make: () => {
        mkdirSync(join(folder(), '9-aaaaaaaa'))
        symlinkSync('/dev/zero', join(folder(), '9-aaaaaaaa', 'config.yaml'))
        writeFileSync(join(folder(), '9-aaaaaaaa', 'meta.json'), '{}')
      },
      fault: /no regular file/,
    },
  ])('are broken by $what', async ({make, fault}) => {
    const {path = ''} = keepGeneration(scene.stateDir, Buffer.from('a: 1\n'), about) ?? {}
    make(join(path, '..'))
    expect((await kept()).broken).toMatchObject([{fault: expect.stringMatching(fault)}])
  })

  test('that are being written are no fault', async () => {
    keepGeneration(scene.stateDir, Buffer.from('a: 1\n'), about)
    mkdirSync(join(folder(), '.2-bbbbbbbb.1.tmp'))
    expect(await kept()).toMatchObject({whole: 1, broken: []})
  })
})

describe('backups', () => {
  const look = async () => {
    const fact = await facts().get(`state.artefacts:${join(scene.stateDir, 'backups')}`)
    if (fact.state !== 'known') throw new Error(`${fact.state}: ${fact.why}`)
    return Object.fromEntries(fact.value.map(({name, fault}) => [name, fault]))
  }
  const put = (name: string, bytes: Buffer | string, mode = 0o600) => {
    mkdirSync(join(scene.stateDir, 'backups'), {recursive: true, mode: 0o700})
    writeFileSync(join(scene.stateDir, 'backups', name), bytes, {mode})
    chmodSync(join(scene.stateDir, 'backups', name), mode)
  }

  test('are read to their end', async () => {
    await expect(look()).rejects.toThrow(/absent/)
    const whole = gzipSync(Buffer.alloc(300_000, createHash('sha256').update('x').digest()))
    const damaged = Buffer.from(whole)
    damaged[damaged.length - 6] = (damaged[damaged.length - 6] ?? 0) ^ 0xff
    put('whole.tar.gz', whole)
    put('cut.tgz', whole.subarray(0, whole.length / 2))
    put('damaged.tar.gz', damaged)
    put('empty.tar.gz', '')
    put('notes.txt', 'hello')
    put('open.tar.gz', whole, 0o644)
    put('odd\u001b[31m\nname', 'x')
    mkdirSync(join(scene.stateDir, 'backups', 'folder'), {mode: 0o700})
    symlinkSync('/etc', join(scene.stateDir, 'backups', 'link'))
    symlinkSync('/dev/zero', join(scene.stateDir, 'backups', 'zero'))
    expect(await look()).toEqual({
      'whole.tar.gz': null,
      'notes.txt': null,
      folder: null,
      'cut.tgz': expect.stringContaining('gzip data is broken: unexpected end of file'),
      'damaged.tar.gz': expect.stringContaining('gzip data is broken: incorrect data check'),
      'empty.tar.gz': 'it is empty',
      'open.tar.gz': 'others may read it (mode 0644)',
      'odd\u001b[31m\nname': 'its name holds odd characters',
      link: 'it is a link or no file at all',
      zero: 'it is a link or no file at all',
    })
  })
})

test('the session key and the logs are judged by their names, modes and sizes alone', async () => {
  const path = join(scene.stateDir, 'session.key')
  expect(await facts().get(`state.session_key:${scene.stateDir}`)).toMatchObject({state: 'absent'})
  writeFileSync(path, Buffer.alloc(32), {mode: 0o600})
  truncateSync(path, 31)
  expect(await facts().get(`state.session_key:${scene.stateDir}`)).toMatchObject({
    value: {path, kind: 'file', mode: 0o600, bytes: 31, ownedByUs: true},
  })
  const logs = join(scene.stateDir, 'log')
  chmodSync(join(logs, 'error.log'), 0o644)
  symlinkSync('/dev/null', join(logs, 'access.log'))
  expect(await facts().get(`logs.modes:${logs}`)).toMatchObject({
    value: [
      {kind: 'other', path: join(logs, 'access.log')},
      {kind: 'file', mode: 0o644},
    ],
  })
})

describe('requests that should be refused', () => {
  const listen = async (answer: http.RequestListener): Promise<number> => {
    const listener = http.createServer(answer)
    atEnd(() => void listener.close())
    await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve))
    return (listener.address() as AddressInfo).port
  }

  test('are sent with a foreign Host, a foreign Origin, and without credentials', async () => {
    const seen: (string | undefined)[][] = []
    const port = await listen((request, response) => {
      seen.push([request.headers.host, request.headers.origin, request.headers.authorization])
      const foreign = request.headers.host?.startsWith('attacker.invalid')
      if (foreign) return void request.socket.destroy()
      response.writeHead(request.headers.origin === undefined ? 401 : 403).end('no')
    })
    expect(await facts().get(`proxy.refusals:127.0.0.1:${port}`)).toMatchObject({
      value: {foreignHost: null, foreignOrigin: 403, anonymous: 401},
    })
    expect(seen).toHaveLength(3)
    expect(seen).toContainEqual([`attacker.invalid:${port}`, undefined, undefined])
    expect(seen).toContainEqual([`127.0.0.1:${port}`, 'http://attacker.invalid', undefined])
  })

  test('come to nothing where nobody listens, or nobody answers', async () => {
    expect(await facts().get('proxy.refusals:127.0.0.1:1')).toMatchObject({
      state: 'absent',
      why: expect.stringContaining('ECONNREFUSED'),
    })
    const port = await listen(() => {})
    expect(await facts().get(`proxy.refusals:127.0.0.1:${port}`)).toMatchObject({state: 'timeout'})
  })
})

test('a runtime that does not know a server, or is not there, is not asked for it', async () => {
  expect(await facts().get('runtime.probe:github')).toMatchObject({state: 'absent', why: 'no runtime is running'})
  expect(await facts().get('proxy.endpoint')).toMatchObject({state: 'absent', why: 'no runtime is running'})
  await scene.runtime([server()])
  expect(await facts().get('runtime.probe:other')).toMatchObject({
    state: 'absent',
    why: 'the running runtime does not know other',
  })
})
