import {describe, expect, it} from 'vitest'
import {formatDuration, parseDuration} from '../../src/shared/duration.ts'
import fc from '../helpers/properties.ts'

describe('a duration', () => {
  it.each([
    ['0', 0],
    ['250', 250],
    ['250ms', 250],
    ['30s', 30_000],
    ['1.5m', 90_000],
    [' 2h ', 7_200_000],
    ['1d', 86_400_000],
  ])('is read from %j', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each(['', 's', '-1s', '1 s', '1w', '1h30m', '1e3', '.5s', '5.s', 'Infinity', '1S'])(
    'is not read from %j',
    text => {
      expect(parseDuration(text)).toBeUndefined()
    },
  )

  it.each([
    [0, '0ms'],
    [0.25, '0.3ms'],
    [9.96, '10ms'],
    [350.4, '350ms'],
    [999.9, '999ms'],
    [1000, '1s'],
    [4250, '4.2s'],
    [59_999, '59.9s'],
    [60_000, '1m'],
    [200_000, '3m 20s'],
    [3_599_999, '59m 59s'],
    [18_720_000, '5h 12m'],
    [273_600_000, '3d 4h'],
  ])('of %d ms is shown as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })

  it('is shown in at most two units, the small one never full', () => {
    fc.assert(
      fc.property(fc.double({min: 0, max: 1e11, noNaN: true}), ms => {
        const text = formatDuration(ms)
        expect(text).toMatch(/^(\d+(\.\d)?ms|\d+(\.\d)?s|\d+m( \d+s)?|\d+h( \d+m)?|\d+d( \d+h)?)$/)
        const [, small] = /^\d+[mhd] (\d+)[smh]$/.exec(text) ?? []
        if (small !== undefined) expect(Number(small)).toBeLessThan(60)
        if (text.endsWith('ms')) expect(Number.parseFloat(text)).toBeLessThan(1000)
      }),
    )
  })
})
