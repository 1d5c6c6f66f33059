import {expect, test} from 'vitest'
import {firstRejections} from '../../src/logs/first-rejections.ts'

const line = (at: string, id: string, kind = 'CredentialsRejected'): string =>
  `2026-01-02T${at}.000Z ERROR only1mcp::backend request_id=- ${kind} server is gone server_id=${id}`

test('a server rejects our credentials since the first line of its newest run', () => {
  const lines = [
    line('00:10:00', 'github'),
    line('02:14:00', 'github'),
    line('02:20:00', 'web', 'SpawnFailed'),
    line('02:40:00', 'github'),
    line('02:41:00', 'web'),
    'no line of ours with CredentialsRejected',
  ]
  expect(firstRejections(lines)).toEqual({
    github: '2026-01-02T02:14:00.000Z',
    web: '2026-01-02T02:41:00.000Z',
  })
  expect(firstRejections([])).toEqual({})
})
