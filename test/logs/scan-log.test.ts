import {execFileSync} from 'node:child_process'
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {describe, expect, it} from 'vitest'
import {scanLog} from '../../src/logs/scan-log.ts'
import fc from '../helpers/properties.ts'
import {tempDir} from '../helpers/temp-dir.ts'

async function linesWith(path: string, words: readonly string[], gzip = false) {
  const lines: string[] = []
  const scan = await scanLog({path, gzip}, words, line => lines.push(line))
  return {lines, scan}
}

describe('scanLog', () => {
  it('gives each line that holds one of the words once, as grep does, packed or not', async () => {
    const folder = tempDir()
    const line = fc
      .array(fc.constantFrom('a', 'b', 'ab', 'c', ' ', 'é', '\r'), {maxLength: 12})
      .map(parts => parts.join(''))
    await fc.assert(
      fc.asyncProperty(fc.array(line, {maxLength: 30}), fc.boolean(), async (lines, gzip) => {
        const text = lines.join('\n')
        const path = join(folder, 'x')
        writeFileSync(path, gzip ? gzipSync(text) : text)
        const found = await linesWith(path, ['ab', 'c'], gzip)
        expect(found.lines).toEqual(lines.filter(each => /ab|c/.test(each)).map(each => each.replace(/\r$/, '')))
      }),
      {numRuns: 60},
    )
  })

  it('finds lines over the borders of what is read at once, and tells from when on the file reaches', async () => {
    const path = join(tempDir(), 'access.log')
    const lines = Array.from({length: 60_000}, (_, i) => `2026-01-02T03:04:05.000Z ${'x'.repeat(i % 97)} n${i}.`)
    writeFileSync(path, lines.join('\n'))
    const {lines: found, scan} = await linesWith(path, [' n30000.', ' n59999.', ' n7.'])
    expect(found.map(line => line.split(' ').at(-1))).toEqual(['n7.', 'n30000.', 'n59999.'])
    expect(scan).toEqual({state: 'read', from: '2026-01-02T03:04:05.000Z', cut: null})
  })

  it('neither follows a link nor waits for a pipe, and says why', async () => {
    const folder = tempDir()
    const at = (name: string): string => join(folder, name)
    writeFileSync(at('real'), 'x\n')
    symlinkSync(at('real'), at('link'))
    mkdirSync(at('folder'))
    execFileSync('mkfifo', [at('pipe')])
    expect((await linesWith(at('link'), ['x'])).scan).toMatchObject({
      state: 'error',
      why: expect.stringContaining('symbolic link'),
    })
    expect((await linesWith(at('pipe'), ['x'])).scan).toMatchObject({
      state: 'error',
      why: expect.stringContaining('not a regular'),
    })
    expect((await linesWith(at('folder'), ['x'])).scan).toMatchObject({state: 'error'})
    expect((await linesWith(at('none'), ['x'])).scan).toMatchObject({state: 'absent'})
  })

  it('gives what a torn archive still holds', async () => {
    const path = join(tempDir(), 'error.log.2.gz')
    const text = Array.from({length: 20_000}, () => `${Math.random()} x`).join('\n')
    const packed = gzipSync(text)
    writeFileSync(path, packed.subarray(0, packed.length / 2))
    const {lines, scan} = await linesWith(path, ['x'], true)
    expect(lines.length).toBeGreaterThan(1000)
    expect(scan).toMatchObject({state: 'read', cut: expect.stringContaining('torn')})
  })
})
