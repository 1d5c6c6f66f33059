import {accessSync, closeSync, constants, openSync, readSync} from 'node:fs'
import {arch} from 'node:os'
import {delimiter, join} from 'node:path'

/** Linux names of what stands in an ELF header (elf(5), e_machine), by Node's names of machines. */
const machines: Readonly<Record<number, {readonly name: string; readonly runsOn: readonly string[]}>> = {
  3: {name: 'i386', runsOn: ['ia32', 'x64']},
  40: {name: 'arm', runsOn: ['arm', 'arm64']},
  62: {name: 'x86_64', runsOn: ['x64']},
  183: {name: 'aarch64', runsOn: ['arm64']},
  243: {name: 'riscv64', runsOn: ['riscv64']},
}

/** Why an executable file cannot be started although it is there: its interpreter is missing, or it is for another machine. */
export function programFault(file: string, path: string): string | null {
  const head = readHead(file)
  if (head === null) return null
  if (head.subarray(0, 4).equals(Buffer.from('\x7fELF'))) return machineFault(file, head)
  if (head.toString('latin1', 0, 2) !== '#!') return null
  const [line = ''] = head.toString('utf8', 2).split('\n', 1)
  const [interpreter = '', ...rest] = line.trim().split(/[ \t]+/)
  if (line.endsWith('\r'))
    return `the first line of ${file} ends in CR LF, which Linux takes as part of "${interpreter}"`
  if (!runs(interpreter)) return `the interpreter of ${file} is missing: ${interpreter}`
  const named = interpreter.endsWith('/env')
    ? rest.find(word => !word.startsWith('-') && !word.includes('='))
    : undefined
  if (named === undefined || named.includes('/')) return null
  return path.split(delimiter).some(folder => runs(join(folder || '.', named)))
    ? null
    : `the interpreter of ${file} is missing: there is no ${named} on the PATH`
}

function machineFault(file: string, head: Buffer): string | null {
  if (head.length < 20) return `${file} is cut short`
  const machine = machines[head[5] === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18)]
  if (machine === undefined || machine.runsOn.includes(arch())) return null
  return `${file} is a program for ${machine.name}, which this machine is not`
}

function readHead(file: string): Buffer | null {
  try {
    const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const head = Buffer.alloc(256)
      return head.subarray(0, readSync(handle, head, 0, head.length, 0))
    } finally {
      closeSync(handle)
    }
  } catch {
    return null // may be run and not be read
  }
}

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
