import {describe, expect, it} from 'vitest'
import {tellRequest} from '../../../src/diagnostics/explain/tell-story.ts'
import {parseLogLine} from '../../../src/logs/parse-line.ts'

const id = '4b1d09c2-17'
const access = `2026-11-22T10:00:01.000Z INFO only1mcp::access request_id=${id} 10.0.0.7 POST tools/call:gh__find 200 120 400.000 server_id=gh trace_id=t1 user=ci blame=backend-logic code=-32001 outcome=error attempts=2 open_ms=500`
const failed = `2026-11-22T10:00:01.003Z ERROR only1mcp::proxy request_id=${id} BackendTimeout request failed target=tools/call:gh__find server_id=gh code=-32001 blame=backend-logic error="no answer to tools/call within 400 ms" trace_id=t1`
const stderr = '2026-11-22T10:00:00.700Z INFO only1mcp::stderr - Stderr waiting for the upstream server_id=gh'

function parts(...texts: string[]) {
  const lines = texts.flatMap(text => {
    const line = parseLogLine(text)
    return line === undefined ? [] : [{source: 'log', line}]
  })
  return {lines, row: null, open: null, event: null}
}

describe('the story of a request', () => {
  it('goes from its receipt to its end, although the lines of the end are written one after the other', () => {
    const story = tellRequest(id, parts(failed, access, stderr))
    expect(story.timeline.map(({what, offsetMs}) => [what, offsetMs])).toEqual([
      ['received', 0],
      ['detail', 0],
      ['stderr', 200],
      ['failed', 503],
      ['ended', 503],
    ])
    expect(story).toMatchObject({
      receivedAt: '2026-11-22T10:00:00.500Z',
      durationMs: 500,
      firstByteMs: 400,
      client: '10.0.0.7',
      principal: 'ci',
      attempts: 2,
      errorKind: 'BackendTimeout',
    })
    expect(story.verdict).toBe(
      'failed with -32001 after 500 ms: the fault is of server gh itself (no answer to tools/call within 400 ms)',
    )
    expect(story.next[0]).toBe('only1mcp explain -32001    # -32001 BackendTimeout')
  })

  it('says what is known when only the failed line is left', () => {
    const story = tellRequest(id, parts(failed))
    expect(story).toMatchObject({outcome: 'error', blame: 'backend-logic', serverId: 'gh', durationMs: null})
    expect(story.timeline.map(({what}) => what)).toEqual(['failed', 'ended'])
  })

  it('blames nobody for what was answered, and takes no word of a hostile log into a command', () => {
    const good = access.replace(/ blame=\S+ code=\S+ outcome=error/, ' outcome=answered')
    expect(tellRequest(id, parts(good))).toMatchObject({
      verdict: expect.stringContaining('nobody is to blame'),
      next: [],
    })
    const hostile = failed.replaceAll('server_id=gh', 'server_id="$(reboot)"').replace(' BackendTimeout ', ' a;b ')
    expect(tellRequest(id, parts(hostile)).next.join()).not.toMatch(/reboot|;/)
  })

  it('is told of no line at all', () => {
    expect(tellRequest(id, parts())).toMatchObject({outcome: null, timeline: [], next: []})
  })
})
