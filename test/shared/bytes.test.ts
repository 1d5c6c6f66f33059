import {describe, expect, it} from 'vitest'
import {formatBytes, parseBytes} from '../../src/shared/bytes.ts'

describe('a size', () => {
  it.each([
    ['0', 0],
    ['1024', 1024],
    ['812 B', 812],
    ['4MiB', 4 * 1024 ** 2],
    ['512 KiB', 512 * 1024],
    ['1GB', 1e9],
    ['1.5kb', 1500],
    [' 2gib ', 2 * 1024 ** 3],
  ])('is read from %j', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes)
  })

  it.each(['', 'x', '-1', '1 TiB', '1.', '.5', '1e3', '4 M i B', 'MiB', '1,5kb', '0x10'])(
    'is not read from %j',
    text => {
      expect(parseBytes(text)).toBeUndefined()
    },
  )

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [4 * 1024 ** 2, '4.0 MiB'],
    [150 * 1024, '150 KiB'],
    [5 * 1024 ** 4, '5.0 TiB'],
    [5000 * 1024 ** 4, '5000 TiB'],
  ])('of %i bytes is shown as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})
