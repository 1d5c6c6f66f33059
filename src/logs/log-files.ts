import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {errnoCode, messageOf} from '../shared/errors.ts'

/** The files a runtime writes; no line stands in two of them. */
export type LogFamily = 'access' | 'error' | 'only1mcp' | 'audit'

export interface LogFile {
  readonly path: string
  readonly name: string
  readonly family: LogFamily
  /** 0 is the current file, 1 the one rotated last. */
  readonly rotation: number
  readonly gzip: boolean
}

export type LogFolder =
  | {readonly state: 'known'; readonly files: readonly LogFile[]}
  | {readonly state: 'absent' | 'denied' | 'error'; readonly why: string}

/** Log files of a folder by family, the current one first. Names that are not ours are passed over. */
export function listLogFiles(folder: string): LogFolder {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    const code = errnoCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return {state: 'absent', why: `there is no log folder ${folder}`}
    if (code === 'EACCES' || code === 'EPERM') {
      return {state: 'denied', why: `no permission to look into the log folder ${folder}`}
    }
    return {state: 'error', why: `cannot look into the log folder ${folder}: ${messageOf(error)}`}
  }
  const files = names.flatMap(name => logFileOf(folder, name) ?? [])
  return {
    state: 'known',
    files: files.sort((a, b) => a.family.localeCompare(b.family) || a.rotation - b.rotation),
  }
}

function logFileOf(folder: string, name: string): LogFile | undefined {
  const match = /^(access|error|only1mcp|audit)\.log(?:\.(\d{1,6})(\.gz)?)?$/.exec(name)
  if (!match) return undefined
  return {
    path: join(folder, name),
    name,
    family: match[1] as LogFamily,
    rotation: Number(match[2] ?? 0),
    gzip: match[3] !== undefined,
  }
}
