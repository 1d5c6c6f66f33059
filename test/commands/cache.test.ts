import {expect, test} from 'vitest'
import {runCli} from '../helpers/cli.ts'
import {callTool} from '../helpers/post-mcp.ts'
import {startRuntime} from '../helpers/start-runtime.ts'
import {read, startCounting} from '../proxy/cache/counting.ts'

test('cache stats shows the ratio of all and of each method', async () => {
  const {url, env} = await startCounting(['legacy'])
  for (const uri of ['count:a', 'count:a', 'count:a', 'count:b']) await read(url, uri)
  const json = await runCli(['cache', 'stats', '--json'], {env})
  expect(JSON.parse(json.stdout)).toMatchObject({
    schemaVersion: 1,
    enabled: true,
    hits: 2,
    misses: 2,
    ratio: 0.5,
    entries: 2,
    redis: null,
    methods: [{method: 'resources/read', hits: 2, misses: 2, bypassed: 0, ratio: 0.5}],
  })
  const text = await runCli(['cache', 'stats'], {env})
  expect(text.stdout).toMatch(/^resources\/read +2 +2 +0 +50\.0 %$/m)
})

test('cache clear forgets one server or all, never without a yes, and never an unknown server', async () => {
  const {url, env} = await startCounting(['legacy'])
  await read(url, 'count:a')
  const unasked = await runCli(['cache', 'clear'], {env})
  expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('Add --yes')])
  const unknown = await runCli(['cache', 'clear', '--server', 'nobody', '--yes'], {env})
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('It has: count')])
  expect(await read(url, 'count:a')).toBe('count:a #1')
  const cleared = await runCli(['cache', 'clear', '--server', 'count', '--yes'], {env})
  expect([cleared.code, cleared.stdout]).toEqual([0, 'dropped 1 kept answer of count\n'])
  expect(await read(url, 'count:a')).toBe('count:a #2')
})

test('cache rebuild reads the lists anew, and says which servers were not there', async () => {
  const {url, env} = await startCounting(['legacy'])
  await read(url, 'count:a')
  const rebuilt = await runCli(['cache', 'rebuild', '--yes', '--json'], {env})
  expect([rebuilt.code, JSON.parse(rebuilt.stdout)]).toEqual([
    0,
    {schemaVersion: 1, ok: true, message: 'dropped 1 kept answer; the lists of 1 of 1 servers were read anew'},
  ])
  expect(await read(url, 'count:a')).toBe('count:a #2')
  expect((await callTool(url, 'look')).status).toBe(200)
})

test('without a cache there are stats of nothing, and nothing to clear', async () => {
  const {env} = await startRuntime()
  expect(await runCli(['cache', 'stats'], {env})).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('the cache is off'),
  })
  expect((await runCli(['cache', 'clear', '--yes'], {env})).code).toBe(1)
})
