import {execFileSync} from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import Sqlite from 'better-sqlite3'

export function overwrite(path: string, at: number, bytes: Buffer): void {
  const fd = openSync(path, 'r+')
  writeSync(fd, bytes, 0, bytes.length, at)
  closeSync(fd)
}

export const noise = (length: number): Buffer => Buffer.from(Array.from({length}, (_, at) => (at * 167 + 13) % 256))

/** What may become of a database of a few pages while nobody looks. */
export const damages: readonly {readonly what: string; readonly spoil: (path: string) => void}[] = [
  {
    what: 'truncated in the middle',
    spoil: path => truncateSync(path, Math.floor(statSync(path).size / 2 / 4096) * 4096),
  },
  {what: 'with a header of zeros', spoil: path => overwrite(path, 0, Buffer.alloc(100))},
  {what: 'of garbage', spoil: path => writeFileSync(path, noise(20_000))},
  {what: 'with a page of garbage in the middle', spoil: path => overwrite(path, 5 * 4096, noise(4096))},
  {what: 'with a write-ahead log of garbage', spoil: path => writeFileSync(`${path}-wal`, noise(9000))},
  {what: 'that is empty', spoil: path => truncateSync(path, 0)},
  {
    what: 'that is a folder',
    spoil: path => {
      rmSync(path)
      mkdirSync(path)
    },
  },
  {
    what: 'that is a FIFO',
    spoil: path => {
      rmSync(path)
      execFileSync('mkfifo', [path])
    },
  },
  {
    what: 'that is a symbolic link',
    spoil: path => {
      renameSync(path, `${path}.elsewhere`)
      symlinkSync(`${path}.elsewhere`, path)
    },
  },
  {
    what: 'of another application, with a table of the same name',
    spoil: path => {
      rmSync(path)
      const db = new Sqlite(path)
      db.exec('CREATE TABLE request_logs (id INTEGER, secret TEXT)')
      db.close()
    },
  },
]
