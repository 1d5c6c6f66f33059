import {describe, expect, it, vi} from 'vitest'
import {stdioServer} from '../helpers/backends.ts'
import {callTool, postModern} from '../helpers/post-mcp.ts'
import {startRuntime} from '../helpers/start-runtime.ts'

const namesOf = (list: {name: string}[]): string[] => list.map(({name}) => name)

describe('what a server offers', () => {
  it('is what allow names and deny does not: the rest is neither listed nor called', async () => {
    const runtime = await startRuntime({
      servers: [
        {...stdioServer('one', 'echo.mjs'), tools: {allow: ['e*', 'd*', 'add'], deny: ['di*']}},
        {...stdioServer('two', 'echo.mjs'), prefix: '', tools: {deny: ['die', 'no_such_*']}},
      ],
    })
    const {message} = await postModern(runtime.url, 'tools/list')
    const names = namesOf(message?.result.tools)
    expect(names.filter(name => name.startsWith('one__'))).toEqual(['one__echo', 'one__add', 'one__env'])
    expect(names).toContain('slow')
    expect(names).not.toContain('die')

    // The process that would have ended is the one that answers afterwards.
    const pid = async (name: string): Promise<number> =>
      JSON.parse((await callTool(runtime.url, name, {name: 'HOME'})).message?.result.content[0].text).pid
    const before = [await pid('one__env'), await pid('env')]
    for (const name of ['one__die', 'die', 'two__die', 'one__slow']) {
      const refused = await callTool(runtime.url, name, {code: 3, ms: 1})
      expect(refused.message?.error?.code, name).toBe(-32602)
    }
    expect([await pid('one__env'), await pid('env')]).toEqual(before)
    await vi.waitFor(() =>
      expect(runtime.logs()['error.log']).toMatch(
        / RuleUnmatched a rule matches nothing .*server_id=two rule=tools\.deny name="?no_such_\*/,
      ),
    )
    expect(runtime.logs()['error.log']).not.toMatch(/RuleUnmatched.*server_id=one/)
  })

  it('has the names that rename gives, which win over a name of the server itself', async () => {
    const runtime = await startRuntime({
      servers: [{...stdioServer('one', 'echo.mjs'), tools: {rename: {add: 'echo', env: 'surroundings'}}}],
    })
    const {message} = await postModern(runtime.url, 'tools/list')
    const names = namesOf(message?.result.tools)
    expect(names).toContain('one__surroundings')
    expect(names).not.toContain('one__env')
    expect((await callTool(runtime.url, 'one__echo', {a: 1, b: 2})).message?.result.content[0].text).toBe('3')
    expect(names.filter(name => name.endsWith('echo'))).toEqual(['one__echo'])
    expect((await callTool(runtime.url, 'one__env', {name: 'HOME'})).message?.error?.code).toBe(-32602)
  })

  it('holds for prompts and resources, in completion as well', async () => {
    const library = stdioServer('lib', 'library.mjs')
    const runtime = await startRuntime({
      servers: [
        {...library, prompts: {rename: {poem: 'verse'}}, resources: {deny: ['lib://b', 'lib://book/6*']}},
        {...library, id: 'shut', prompts: {deny: ['*']}, resources: {allow: ['lib://a']}},
      ],
    })
    const prompts = (await postModern(runtime.url, 'prompts/list')).message?.result.prompts
    expect(namesOf(prompts)).toEqual(['lib__verse'])
    const verse = await postModern(runtime.url, 'prompts/get', {name: 'lib__verse'})
    expect(verse.message?.result.messages[0].content.resource.text).toBe('poem')
    const completed = await postModern(runtime.url, 'completion/complete', {
      ref: {type: 'ref/prompt', name: 'lib__verse'},
      argument: {name: 'x', value: ''},
    })
    expect(completed.message?.result.completion.values).toEqual(['poem'])

    const listed = (await postModern(runtime.url, 'resources/list')).message?.result.resources
    expect(listed.map(({uri}: {uri: string}) => uri)).toEqual(['lib+lib://a', 'shut+lib://a'])
    const read = async (uri: string): Promise<unknown> => {
      const {message} = await postModern(runtime.url, 'resources/read', {uri})
      return message?.error?.code ?? message?.result.contents[0].text
    }
    expect(await read('lib+lib://a')).toBe('text of lib://a')
    expect(await read('lib+lib://b')).toBe(-32602)
    expect(await read('lib+lib://book/5')).toBe('text of lib://book/5')
    expect(await read('lib+lib://book/66')).toBe(-32602)
    expect(await read('shut+lib://book/5')).toBe(-32602)
    const templates = (await postModern(runtime.url, 'resources/templates/list')).message?.result.resourceTemplates
    expect(templates.map(({uriTemplate}: {uriTemplate: string}) => uriTemplate)).toEqual(['lib+lib://book/{id}'])
  })
})
