import {afterEach, expect, it, vi} from 'vitest'
import type {HttpReceiver} from '../../src/mcp/http-client.ts'
import {OneWayPosts} from '../../src/mcp/one-way-posts.ts'

afterEach(() => void vi.useRealTimers())

/** Posts that end when the test says so. */
function posting() {
  const notes: string[] = []
  const open: HttpReceiver[] = []
  let aborted = 0
  const posts = new OneWayPosts({
    onRefused: status => notes.push(`HTTP ${status}`),
    onLost: why => notes.push(why),
  })
  const send = (count: number): void => {
    for (let i = 0; i < count; i++)
      posts.send(receiver => {
        open.push(receiver)
        return {abort: () => aborted++}
      })
  }
  return {posts, send, open, notes, aborted: () => aborted}
}

it('a server that answers none of them holds 16 connections, each for ten seconds', () => {
  vi.useFakeTimers()
  const {send, open, notes, aborted} = posting()
  send(40)
  expect(open).toHaveLength(16)
  vi.advanceTimersByTime(10_000)
  expect([open.length, aborted()]).toEqual([32, 16])
  expect(new Set(notes)).toEqual(new Set(['no answer to it within 10000 ms']))
  vi.advanceTimersByTime(20_000)
  expect([open.length, aborted()]).toEqual([40, 40])
})

it('all are sent to a server that answers them, and what it refuses is told', () => {
  const {send, open, notes} = posting()
  send(1000)
  for (let at = 0; at < 1000; at++) {
    open[at]?.head(at === 500 ? 503 : 202, {})
    open[at]?.end()
  }
  expect(open).toHaveLength(1000)
  expect(notes).toEqual(['HTTP 503'])
})

it('more than may wait are dropped and told; after the end nothing is sent', () => {
  const {posts, send, open, notes} = posting()
  send(16 + 1024 + 2)
  expect(notes).toEqual(Array(2).fill('16 before it are not answered, and 1024 wait'))
  posts.stop()
  open[0]?.end()
  send(1)
  expect(open).toHaveLength(16)
})
