import {statSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {AppError, errnoCode, messageOf} from '../../src/shared/errors.ts'
import {exitCode} from '../../src/shared/exit-code.ts'

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('an error for the operator', () => {
  it('names itself, its way out and its exit code, "could not do it" unless said otherwise', () => {
    const cause = new Error('EADDRINUSE')
    const error = new AppError('PORT_IN_USE', 'port 8080 is in use', {fix: 'choose another with --port', cause})
    expect(error).toMatchObject({
      name: 'AppError',
      code: 'PORT_IN_USE',
      fix: 'choose another with --port',
      exitCode: exitCode.unable,
      cause,
    })
    expect(new AppError('X', 'x', {exitCode: exitCode.usage}).exitCode).toBe(2)
    expect('cause' in new AppError('X', 'x')).toBe(false)
  })
})

describe('whatever was thrown', () => {
  it('gives the code of the system, where it has one', () => {
    expect(errnoCode(thrownBy(() => statSync('/no/such/file')))).toBe('ENOENT')
    expect([errnoCode(new Error('x')), errnoCode('ENOENT'), errnoCode({code: 'ENOENT'}), errnoCode(null)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect(errnoCode(Object.assign(new Error('x'), {code: 5}))).toBeUndefined()
  })

  it('gives a message', () => {
    expect([messageOf(new Error('a')), messageOf('b'), messageOf(undefined)]).toEqual(['a', 'b', 'undefined'])
  })
})
