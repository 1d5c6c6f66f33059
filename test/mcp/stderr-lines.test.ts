import {PassThrough} from 'node:stream'
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import {readStderr} from '../../src/mcp/stderr-lines.ts'

const keptBytes = 256 * 1024
const chunk = `${'x'.repeat(1023)}\n`.repeat(64)

beforeEach(() => {
  vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout', 'performance']})
})
afterEach(() => {
  vi.useRealTimers()
})

/** A child's stderr, read with a clock that only the test moves. */
function reading() {
  const stderr = new PassThrough({highWaterMark: 64 * 1024 * 1024})
  const lines: string[] = []
  const dropped: number[] = []
  const clock = {now: () => performance.now(), wallMs: () => 0}
  readStderr(stderr, clock, {onLine: line => lines.push(line), onDropped: bytes => dropped.push(bytes)})
  const write = async (text: string | Uint8Array): Promise<void> => {
    stderr.write(text)
    await settled()
  }
  const end = async (): Promise<void> => {
    stderr.end()
    await settled()
  }
  return {lines, dropped, write, end}
}

/** The stream hands on what it holds in a later turn. */
async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise(resolve => setImmediate(resolve))
}

describe('the stderr of a child', () => {
  it('is read line by line, also where a line or a letter comes in pieces', async () => {
    const {lines, write, end} = reading()
    await write('one\ntw')
    await write('o\r\n\n   \nthree: ')
    const letter = Buffer.from('é\n')
    await write(letter.subarray(0, 1))
    await write(letter.subarray(1))
    expect(lines).toEqual(['one', 'two', 'three: é'])
    await write('no end of line')
    expect(lines).toHaveLength(3)
    await end()
    expect(lines.at(-1)).toBe('no end of line')
  })

  it('keeps 8 KiB of a line, whether it ends or not', async () => {
    const {lines, write, end} = reading()
    await write(`${'a'.repeat(20_000)}\nnext\n`)
    for (let i = 0; i < 4; i++) await write('b'.repeat(5_000))
    await end()
    expect(lines.map(line => [line[0], line.length])).toEqual([
      ['a', 8192],
      ['n', 4],
      ['b', 8192],
    ])
  })

  it('keeps 256 KiB a second of a flood, and counts the rest', async () => {
    const {lines, dropped, write} = reading()
    for (let i = 0; i < 64; i++) await write(chunk)
    expect(lines.length * 1024).toBe(keptBytes)
    expect(dropped).toEqual([])
    vi.advanceTimersByTime(1000)
    expect(dropped).toEqual([64 * chunk.length - keptBytes])

    await write(chunk)
    expect(lines.length * 1024).toBe(keptBytes + chunk.length)
    vi.advanceTimersByTime(5000)
    expect(dropped).toHaveLength(1)
  })

  it('reports what was dropped at its end, once', async () => {
    const {dropped, write, end} = reading()
    for (let i = 0; i < 8; i++) await write(chunk)
    await end()
    expect(dropped).toEqual([8 * chunk.length - keptBytes])
    vi.advanceTimersByTime(5000)
    expect(dropped).toHaveLength(1)
  })
})
