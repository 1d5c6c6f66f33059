import {chmodSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {programFault} from '../../../src/diagnostics/collect/program-fault.ts'
import {tempDir} from '../../helpers/temp-dir.ts'

function program(content: string | Buffer): string {
  const file = join(tempDir(), 'program')
  writeFileSync(file, content)
  chmodSync(file, 0o755)
  return file
}

/** The beginning of an ELF file of 64 bits. */
function elf(machine: number, bigEndian = false): Buffer {
  const head = Buffer.alloc(64)
  head.write('\x7fELF', 'latin1')
  head[4] = 2
  head[5] = bigEndian ? 2 : 1
  if (bigEndian) head.writeUInt16BE(machine, 18)
  else head.writeUInt16LE(machine, 18)
  return head
}

const own = process.arch === 'arm64' ? 183 : 62
const other = process.arch === 'arm64' ? 62 : 183

test.each([
  ['of a script with a shell', '#!/bin/sh\necho', null],
  ['of a script found by env', '#!/usr/bin/env -S FOO=1 sh -e\n', null],
  ['of a program for this machine', elf(own), null],
  ['of a text without a first line', 'echo', null],
  ['of an empty file', '', null],
  ['of a missing interpreter', '#!/usr/bin/pythonn3 -u\n', 'the interpreter of FILE is missing: /usr/bin/pythonn3'],
  [
    'of one that env does not find',
    '#!/usr/bin/env pythonn3\n',
    'the interpreter of FILE is missing: there is no pythonn3 on the PATH',
  ],
  ['of Windows line ends', '#!/bin/sh\r\necho\r\n', 'the first line of FILE ends in CR LF'],
  ['of another machine', elf(other), `FILE is a program for ${other === 62 ? 'x86_64' : 'aarch64'}`],
  ['of another machine with the other byte order', elf(other, true), 'FILE is a program for'],
  ['of a torn program', '\x7fELF', 'FILE is cut short'],
])('tells the fault %s', (_, content, fault) => {
  const file = program(content)
  const found = programFault(file, '/usr/bin:/bin')
  if (fault === null) expect(found).toBeNull()
  else expect(found?.replace(file, 'FILE')).toContain(fault)
})

test('says nothing of what cannot be read', () => {
  expect(programFault('/nonexistent/program', '/bin')).toBeNull()
  expect(programFault('/', '/bin')).toBeNull()
})
