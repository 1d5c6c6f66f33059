import {describe, expect, it, vi} from 'vitest'
import {hashApiKey} from '../../../src/auth/api-keys.ts'
import {stdioServer} from '../../helpers/backends.ts'
import {postModern} from '../../helpers/post-mcp.ts'
import {type StartedRuntime, startRuntime} from '../../helpers/start-runtime.ts'
import {pidOf, reload, replaceConfig, unwatched} from './reloading.ts'
import {type WatchingClient, watching} from './watching.ts'

const echo = stdioServer('echo', 'echo.mjs')
const library = (id: string, more: object = {}, args: readonly string[] = []) => ({
  ...stdioServer(id, 'library.mjs', args),
  ...more,
})

async function take(runtime: StartedRuntime, servers: readonly object[]): Promise<void> {
  replaceConfig(runtime, {...unwatched, servers})
  expect(await reload(runtime)).toMatchObject({ok: true, changed: true})
}

const methodsOf = ({seen}: WatchingClient) => seen.flatMap(({method}) => method?.replace('notifications/', '') ?? [])
const lists = ['tools/list_changed', 'prompts/list_changed', 'resources/list_changed']

/** Has the server say that a resource has changed. @returns whether it knows that somebody wants to hear */
async function touch(runtime: StartedRuntime, prefix: string, uri: string): Promise<boolean> {
  const {message} = await postModern(runtime.url, 'tools/call', {name: `${prefix}__touch`, arguments: {uri}})
  return message?.result.content[0].text === 'true'
}

describe.each(watching)('a client of %s', (era, watch) => {
  it('hears of each list that a reload changed, and of no other', async () => {
    const runtime = await startRuntime({...unwatched, servers: [echo]})
    const client = await watch(runtime.url, [])
    await vi.waitFor(() => expect(pidOf(runtime, 'echo')).resolves.toBeGreaterThan(0))
    // What was told of the start is over.
    await new Promise(resolve => setTimeout(resolve, 150))
    const heard = methodsOf(client).length
    const since = () => methodsOf(client).slice(heard).toSorted()
    await take(runtime, [{...echo, weight: 2}])
    await take(runtime, [{...echo, weight: 2, tools: {rename: {echo: 'say'}}}])
    await vi.waitFor(() => expect(since()).toEqual(['tools/list_changed']))
    await take(runtime, [{...echo, weight: 2, tools: {rename: {echo: 'say'}}}, library('lib')])
    await vi.waitFor(() => expect(since()).toEqual(expect.arrayContaining(lists)))
    const before = since().length
    await take(runtime, [{...echo, weight: 2, tools: {rename: {echo: 'say'}}}])
    await vi.waitFor(() => expect(since().length).toBeGreaterThanOrEqual(before + 3))
  })

  it('hears of a resource from the server that took the place of the one it subscribed at', async () => {
    const runtime = await startRuntime({...unwatched, servers: [library('lib')]})
    const client = await watch(runtime.url, ['lib+lib://a'])
    await take(runtime, [library('lib', {env: {MARK: 'other'}})])
    // What became of it meanwhile is not known: the client is told to look.
    await vi.waitFor(() => expect(client.updated()).toEqual(['lib+lib://a']))
    await vi.waitFor(async () => expect(await touch(runtime, 'lib', 'lib://a')).toBe(true))
    await vi.waitFor(() => expect(client.updated().length).toBeGreaterThanOrEqual(2))
    expect(client.ended()).toBe(false)
  })

  it('hears of it from another of the group when its server is removed', async () => {
    const [one, two] = [library('one', {group: 'libs'}), library('two', {group: 'libs'})]
    const runtime = await startRuntime({...unwatched, servers: [one, two]})
    const client = await watch(runtime.url, ['libs+lib://a'])
    const [took, other] = (await touch(runtime, 'libs', 'lib://a')) ? [one, two] : [two, one]
    const before = client.updated().length
    await take(runtime, [took])
    await take(runtime, [other])
    await vi.waitFor(async () => expect(await touch(runtime, 'libs', 'lib://a')).toBe(true))
    await vi.waitFor(() => expect(client.updated().length).toBeGreaterThan(before))
    expect(client.ended()).toBe(false)
  })

  it.each([
    ['its server is removed', [echo]],
    ['its server has another prefix', [echo, library('lib', {prefix: 'books'})]],
    ['its server does not let it be watched any more', [echo, library('lib', {}, ['unwatched'])]],
    ['a rule keeps it back', [echo, library('lib', {resources: {deny: ['lib://a']}})]],
  ])('sees a subscription end when %s', async (_why, servers) => {
    const runtime = await startRuntime({...unwatched, servers: [echo, library('lib')]})
    const client = await watch(runtime.url, ['lib+lib://a'])
    const before = client.updated().length
    await take(runtime, servers)
    // Nothing in the legacy protocol ends a subscription: an update has the client look, and find out.
    if (era === '2026-07-28') return vi.waitFor(() => expect(client.ended()).toBe(true))
    await vi.waitFor(() => expect(client.updated().length).toBeGreaterThan(before))
    expect(client.ended()).toBe(false)
  })

  it('has to prove anew who it is when keys or roles are others', async () => {
    const runtime = await startRuntime({...unwatched, servers: [echo]})
    const client = await watch(runtime.url, [])
    const api_keys = [{id: 'ci', hash: hashApiKey('a-key-that-nobody-has-shown-here')}]
    replaceConfig(runtime, {...unwatched, servers: [echo], auth: {api_keys}})
    expect(await reload(runtime)).toMatchObject({ok: true})
    await vi.waitFor(() => expect(client.ended()).toBe(true))
    expect(methodsOf(client)).toEqual(expect.arrayContaining(lists))
  })
})
