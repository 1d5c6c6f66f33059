import {execFileSync} from 'node:child_process'
import {chmodSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {describe, expect, test} from 'vitest'
import {artefactFault} from '../../../src/diagnostics/collect/artefact-fault.ts'
import {tempDir} from '../../helpers/temp-dir.ts'

const faultOf = (path: string) => artefactFault(path, new AbortController().signal)

/** A journal as a recovery keeps it: a folder with files below it. */
function journal(): string {
  const folder = join(tempDir(), 'r1')
  mkdirSync(join(folder, 'undo'), {recursive: true, mode: 0o700})
  writeFileSync(join(folder, 'journal.json'), '{}', {mode: 0o600})
  writeFileSync(join(folder, 'undo', 'config.tar.gz'), gzipSync('server: {}'), {mode: 0o600})
  return folder
}

describe('a journal or a backup', () => {
  test('that is whole and private has no fault', async () => {
    expect(await faultOf(journal())).toBeNull()
  })

  test('is looked into to its last file: one that others may read is named', async () => {
    const folder = journal()
    chmodSync(join(folder, 'undo', 'config.tar.gz'), 0o644)
    expect(await faultOf(folder)).toBe('undo/config.tar.gz: others may read it (mode 0644)')
  })

  test('whose archive was cut off is broken, at any depth', async () => {
    const folder = journal()
    writeFileSync(join(folder, 'undo', 'config.tar.gz'), gzipSync('server: {}').subarray(0, 12), {mode: 0o600})
    expect(await faultOf(folder)).toMatch(/^undo\/config\.tar\.gz: its gzip data is broken/)
  })

  test('with a FIFO or a link in it does not hang or lead elsewhere', async () => {
    const withFifo = journal()
    execFileSync('mkfifo', ['-m', '600', join(withFifo, 'pipe')])
    expect(await faultOf(withFifo)).toBe('pipe: it is a link or no file at all')
    const withLink = journal()
    symlinkSync('/', join(withLink, 'root'))
    expect(await faultOf(withLink)).toBe('root: it is a link or no file at all')
  })
})
