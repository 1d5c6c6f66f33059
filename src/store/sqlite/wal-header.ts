import {closeSync, openSync, readSync} from 'node:fs'

const headerBytes = 32

/**
 * Whether a `-wal` file begins as SQLite wrote it (file format, section 4.1). One that does not is passed over by SQLite
 * without a word, with all the rows in it; its writer's crash leaves only a torn end, never a torn beginning.
 * @returns true for an empty file too, which is what a checkpoint may leave
 */
export function hasSoundWalHeader(path: string): boolean {
  const header = Buffer.alloc(headerBytes)
  const fd = openSync(path, 'r')
  let read: number
  try {
    read = readSync(fd, header, 0, headerBytes, 0)
  } finally {
    closeSync(fd)
  }
  if (read === 0) return true
  if (read < headerBytes) return false
  const magic = header.readUInt32BE(0)
  if (magic >>> 1 !== 0x377f0682 >>> 1) return false
  const word = (at: number): number => ((magic & 1) === 1 ? header.readUInt32BE(at) : header.readUInt32LE(at))
  let [first, second] = [0, 0]
  for (let at = 0; at < 24; at += 8) {
    first = (first + word(at) + second) >>> 0
    second = (second + word(at + 4) + first) >>> 0
  }
  return header.readUInt32BE(24) === first && header.readUInt32BE(28) === second
}
