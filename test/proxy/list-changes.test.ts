import {expect, it, vi} from 'vitest'
import {ListChanges} from '../../src/proxy/list-changes.ts'

it('a list that is said to have changed a thousand times while it is read is read once more', async () => {
  const dealt: (string | undefined)[] = []
  const first = Promise.withResolvers<void>()
  const changes = new ListChanges(async (method, params) => {
    dealt.push(`${method} ${params}`)
    if (dealt.length === 1) await first.promise
  })
  for (let i = 0; i < 1000; i++) changes.hear('tools', Buffer.from(String(i)))
  changes.hear('prompts', null)
  expect(dealt).toEqual(['tools 0', 'prompts null'])
  first.resolve()
  await vi.waitFor(() => expect(dealt).toEqual(['tools 0', 'prompts null', 'tools 999']))
  await new Promise(resolve => setImmediate(resolve))
  changes.hear('tools', null)
  expect(dealt.at(-1)).toBe('tools null')
})
