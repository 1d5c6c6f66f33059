import {describe, expect, it, test} from 'vitest'
import {runCli} from '../helpers/cli.ts'

describe('explain', () => {
  test.each([
    [['-32003'], '-32003 AuthenticationFailed'],
    [['32003'], '-32003 AuthenticationFailed'],
    [['--', '-32003'], '-32003 AuthenticationFailed'],
    [['HTTP 429'], 'HTTP 429 Too Many Requests'],
    [['HTTP', '429'], 'HTTP 429 Too Many Requests'],
    [['exit', '3'], 'exit 3 unable'],
    [['port.listening'], 'port.listening: '],
    [['Invalid API key'], 'Invalid API key  (certain'],
    [['-32003 Invalid API key'], 'Invalid API key  (certain'],
  ])('%j begins with what it is about', async (args, start) => {
    const {code, stdout, stderr} = await runCli(['explain', ...args])
    expect(stdout.startsWith(start), stdout).toBe(true)
    expect(stdout).not.toContain('\u001b')
    expect([code, stderr]).toEqual([0, ''])
  })

  test.each([
    [['-32002', '--json'], 'code'],
    [['--json', '-32002'], 'code'],
    [['config.valid', '--json'], 'check'],
    [['tls.', '--json'], 'checks'],
    [['socket hang up', '--json'], 'message'],
    [['--list', '--json'], 'list'],
  ])('%j is one document of kind %s', async (args, kind) => {
    const {code, stdout} = await runCli(['explain', ...args])
    expect(JSON.parse(stdout)).toMatchObject({schemaVersion: 1, kind})
    expect(code).toBe(0)
  })

  it('reads a whole log line from stdin, and names the request in it', async () => {
    const line =
      '2026-11-22T10:00:00.123Z ERROR only1mcp::proxy request_id=4b1d09c2-17 BackendTimeout request failed server_id=slow code=-32001 blame=backend-logic error="no answer to tools/call within 30000 ms"\n'
    const {code, stdout} = await runCli(['explain', '-'], {input: line})
    expect(code).toBe(0)
    expect(stdout).toMatch(/^no answer to … within … ms {2}\(certain/)
    expect(stdout).toContain('only1mcp explain 4b1d09c2-17')
    expect(stdout).toContain('only1mcp health check slow')
  })

  it('ends with 1 where nothing is known, says what is near, and what to do next', async () => {
    const typo = await runCli(['explain', 'servers.upp'])
    expect(typo).toMatchObject({code: 1, stdout: expect.stringContaining('did you mean servers.up?')})
    const nothing = await runCli(['explain', 'how', 'do', 'I', 'bake', 'bread', '--json'])
    expect(nothing.code).toBe(1)
    expect(JSON.parse(nothing.stdout)).toMatchObject({kind: 'none', didYouMean: []})
  })

  test.each([[[]], [['']], [['--nonsense']]])('%j is a fault of usage', async args => {
    expect((await runCli(['explain', ...args])).code).toBe(2)
  })

  it('lets no control character through', async () => {
    const body = JSON.stringify({
      error: {
        code: -32000,
        message: 'socket hang up',
        data: {evidence: '\u001b]0;x\u0007\u202e', serverId: 'a\u001b[2J'},
      },
    })
    for (const flags of [[], ['--json']]) {
      const {stdout} = await runCli(['explain', '-', ...flags], {input: body})
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    }
  })

  it('finds what stands at the end of more than a megabyte on stdin', async () => {
    const input = `${'2026-11-22T10:00:00Z nothing of interest\n'.repeat(60_000)}Error: connect ECONNREFUSED 127.0.0.1:1\n`
    const {code, stdout} = await runCli(['explain', '-', '--json'], {input})
    expect([code, JSON.parse(stdout).matches[0].id]).toEqual([0, 'connection-refused'])
  })
})
