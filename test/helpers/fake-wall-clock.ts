import {existsSync, readdirSync, renameSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {skipTest} from './skip-test.ts'
import {tempDir} from './temp-dir.ts'

export interface FakeWallClock {
  /** Variables of the program whose wall clock it is; its monotonic clock stays the machine's. */
  readonly env: Readonly<Record<string, string>>
  /** Sets it beside the real time, such as `+1d` or `-1h`. */
  set(offset: string): void
}

/** A wall clock that jumps, by libfaketime; without it the test is skipped. */
export function fakeWallClock(): FakeWallClock {
  const library = findLibrary() ?? skipTest('libfaketime is not installed')
  const file = join(tempDir(), 'offset')
  const set = (offset: string): void => {
    writeFileSync(`${file}.new`, `${offset}\n`)
    renameSync(`${file}.new`, file)
  }
  set('+0')
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    },
    set,
  }
}

function findLibrary(): string | undefined {
  const root = '/usr/lib'
  return readdirSync(root)
    .map(name => join(root, name, 'faketime/libfaketimeMT.so.1'))
    .find(path => existsSync(path))
}
