import {lstatSync, type Stats} from 'node:fs'
import {errnoCode, messageOf} from '../../shared/errors.ts'
import {userName} from '../../shared/user-name.ts'
import type {MissingFact} from '../fact.ts'
import type {FactKind} from '../fact-values.ts'
import type {KeptFile} from '../facts/suites.ts'

type Missing = Pick<MissingFact<FactKind>, 'state' | 'why'>

/** A file by its name alone: a link is not followed, and nothing is opened. */
export function sightFile(path: string): KeptFile | Missing {
  let stat: Stats
  try {
    stat = lstatSync(path)
  } catch (error) {
    return whyUnseen(path, error)
  }
  return {
    path,
    kind: stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other',
    mode: stat.mode & 0o7777,
    bytes: stat.size,
    owner: userName(stat.uid),
    ownedByUs: stat.uid === process.getuid?.(),
  }
}

/** Why a file or folder could not be looked at. */
export function whyUnseen(path: string, error: unknown): Missing {
  const code = errnoCode(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') return {state: 'absent', why: `there is no ${path}`}
  if (code === 'EACCES' || code === 'EPERM') return {state: 'denied', why: `no permission to look at ${path}`}
  return {state: 'error', why: `${path} cannot be looked at: ${messageOf(error)}`}
}
