import {describe, expect, it, vi} from 'vitest'
import {printFailure, printJson} from '../../src/cli/output.ts'
import {AppError} from '../../src/shared/errors.ts'
import {atEnd} from '../helpers/at-end.ts'

/** What `run` writes to stdout and stderr. */
function written(run: () => void): {stdout: string; stderr: string} {
  const text = {stdout: '', stderr: ''}
  for (const name of ['stdout', 'stderr'] as const) {
    const spy = vi.spyOn(process[name], 'write').mockImplementation(chunk => {
      text[name] += String(chunk)
      return true
    })
    atEnd(() => spy.mockRestore())
  }
  const before = process.exitCode
  atEnd(() => {
    process.exitCode = before
  })
  run()
  vi.restoreAllMocks()
  return text
}

describe('a JSON document', () => {
  it('begins with the version of its shape, unless it is an array', () => {
    expect(written(() => printJson({a: 1})).stdout).toBe('{\n  "schemaVersion": 1,\n  "a": 1\n}\n')
    expect(written(() => printJson([{a: 1}])).stdout).toBe('[\n  {\n    "a": 1\n  }\n]\n')
  })

  it('reads back as it was, and holds nothing that a terminal obeys or hides', () => {
    const nasty = '\u001b[2J \u0000 \u007f \u0085 \u009b31m \u200b \u202e \u2028 \u2066 \ufeff \u{e0041} é \u{1f600}'
    const {stdout} = written(() => printJson({[nasty]: nasty}))
    expect(JSON.parse(stdout)).toEqual({schemaVersion: 1, [nasty]: nasty})
    expect(stdout).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u2028\u202e\u2066\ufeff]|[\u{e0000}-\u{e0fff}]/u,
    )
    expect(stdout).toContain('é \u{1f600}')
    expect(stdout).toContain('\\udb40\\udc41')
  })
})

describe('a failure', () => {
  it('that is known is its message and its fix, with the status of the error', () => {
    const error = new AppError('PORT_IN_USE', 'port 1 is in use', {fix: 'Take another.', exitCode: 3})
    expect(written(() => printFailure(error, false))).toEqual({
      stdout: '',
      stderr: 'Error: port 1 is in use\nTake another.\n',
    })
  })

  it('is a document too where JSON was asked for', () => {
    const {stdout} = written(() => printFailure(new AppError('GONE', 'it is gone'), true))
    expect(JSON.parse(stdout)).toEqual({schemaVersion: 1, error: {code: 'GONE', message: 'it is gone', fix: null}})
  })

  it('sets the status: of the error, or 70 for a fault of ours, with a trace', () => {
    let status: unknown
    written(() => {
      printFailure(new AppError('X', 'x', {exitCode: 4}), false)
      status = process.exitCode
    })
    expect(status).toBe(4)
    const {stderr} = written(() => {
      printFailure(new TypeError('x is not a function'), false)
      status = process.exitCode
    })
    expect(status).toBe(70)
    expect(stderr).toMatch(
      /^Error: x is not a function\nThis is a fault of only1mcp itself; .*\nTypeError: .*\n {4}at /,
    )
  })

  it('keeps its own line breaks, and shows what else is in it', () => {
    const error = new AppError('X', 'one\ntwo \u001b]0;owned\u0007 \u202e')
    expect(written(() => printFailure(error, false)).stderr).toBe('Error: one\ntwo ␛]0;owned␇ <U+202E>\n')
  })
})
