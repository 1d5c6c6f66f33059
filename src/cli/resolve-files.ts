import {accessSync, constants, readFileSync, type Stats, statSync} from 'node:fs'
import {delimiter, join, resolve} from 'node:path'
import {inspectCertificate} from '../auth/inspect-certificate.ts'
import type {Span} from '../config/problem.ts'
import type {Config} from '../config/schema.ts'
import type {KeyPath} from '../config/schema-walk.ts'
import {programFault} from '../diagnostics/collect/program-fault.ts'
import {errnoCode} from '../shared/errors.ts'

/** One thing outside the file that it relies on, looked at. */
export interface Looked {
  readonly path: KeyPath
  /** Where in the file, where that is less than the value at the path. */
  readonly at?: Span
  /** For a list of what was checked: `command of files: /usr/bin/npx`. */
  readonly what: string
  readonly fault?: {readonly code: string; readonly message: string; readonly suggestion?: string}
}

/** More is no key and no certificate. */
const maxFileBytes = 8 * 1024 * 1024

/** Commands, folders, keys and certificates that a configuration names, on this machine and as this user. */
export function lookAtFiles(config: Config, env: NodeJS.ProcessEnv, nowMs: number): Looked[] {
  const looked: Looked[] = []
  for (const [index, server] of config.servers.entries()) {
    if (!server.enabled) continue
    const at = ['servers', index]
    if (server.cwd !== undefined) looked.push(folder([...at, 'cwd'], `folder of ${server.id}`, server.cwd))
    if (server.command !== undefined)
      looked.push(command([...at, 'command'], server.id, server.command, server.cwd, server.env.PATH ?? env.PATH ?? ''))
    const tls = server.auth?.tls
    for (const key of ['ca', 'cert', 'key'] as const)
      if (tls?.[key] !== undefined)
        looked.push(file([...at, 'auth', 'tls', key], `${key} towards ${server.id}`, tls[key]))
    if (tls?.cert !== undefined && tls.key !== undefined)
      looked.push(...pair([...at, 'auth', 'tls', 'cert'], tls.cert, tls.key, nowMs))
  }
  const {tls} = config.server
  if (tls !== undefined) {
    for (const key of ['cert', 'key', 'client_ca'] as const)
      if (tls[key] !== undefined) looked.push(file(['server', 'tls', key], `${key} of the listener`, tls[key]))
    looked.push(...pair(['server', 'tls', 'cert'], tls.cert, tls.key, nowMs))
    if (tls.client_ca !== undefined)
      looked.push(...pair(['server', 'tls', 'client_ca'], tls.client_ca, undefined, nowMs))
  }
  const keyFile = config.auth?.jwt?.key_file
  if (keyFile !== undefined) looked.push(file(['auth', 'jwt', 'key_file'], 'key of tokens', keyFile))
  return looked
}

/** It is there; that does not mean that it can be started. */
function runnable(path: KeyPath, what: string, file: string, search: string): Looked {
  const seen = programFault(file, search)
  if (seen === null) return {path, what}
  return {path, what, fault: {code: 'command.not_startable', message: seen.fault, suggestion: seen.remedy}}
}

function command(path: KeyPath, id: string, name: string, cwd: string | undefined, search: string): Looked {
  const what = `command of ${id}: ${name}`
  const folders = name.includes('/') ? [''] : search.split(delimiter)
  let seen: string | undefined
  for (const each of folders) {
    const candidate = name.includes('/') ? resolve(cwd ?? '.', name) : join(each === '' ? '.' : each, name)
    const stats = tryStat(candidate)
    if (stats === undefined || stats === 'denied') continue
    if (stats.isFile() && may(candidate, constants.X_OK))
      return runnable(path, `command of ${id}: ${candidate}`, candidate, search)
    seen ??= candidate
  }
  if (seen !== undefined)
    return {
      path,
      what,
      fault: {
        code: 'command.not_executable',
        message: `the command ${seen} is not a program that this user may run`,
        suggestion: `chmod +x ${seen}, or name another one`,
      },
    }
  return {
    path,
    what,
    fault: {
      code: 'command.missing',
      message: name.includes('/')
        ? `there is no program ${resolve(cwd ?? '.', name)}`
        : `no folder of PATH has a program ${name}`,
      suggestion: 'install it, or write its whole path',
    },
  }
}

function folder(path: KeyPath, what: string, name: string): Looked {
  const stats = tryStat(name)
  if (stats === 'denied') return denied(path, what, name)
  if (stats?.isDirectory() && may(name, constants.X_OK)) return {path, what: `${what}: ${name}`}
  const message =
    stats === undefined
      ? `there is no folder ${name}`
      : stats.isDirectory()
        ? `this user may not enter ${name}`
        : `${name} is no folder`
  return {path, what, fault: {code: 'folder.missing', message}}
}

function file(path: KeyPath, what: string, name: string): Looked {
  const stats = tryStat(name)
  if (stats === 'denied') return denied(path, what, name)
  if (stats === undefined) return {path, what, fault: {code: 'path.missing', message: `there is no file ${name}`}}
  if (!stats.isFile()) return {path, what, fault: {code: 'path.not_regular', message: `${name} is no regular file`}}
  return may(name, constants.R_OK) ? {path, what: `${what}: ${name}`} : denied(path, what, name)
}

function denied(path: KeyPath, what: string, name: string): Looked {
  return {
    path,
    what,
    fault: {
      code: 'path.unreadable',
      message: `this user may not read ${name}`,
      suggestion: 'check as the user that the proxy runs as',
    },
  }
}

/** Validity, and that the key is the certificate's own. What cannot be read is reported by itself. */
function pair(path: KeyPath, cert: string, key: string | undefined, nowMs: number): Looked[] {
  const [certBytes, keyBytes] = [bytesOf(cert), key === undefined ? undefined : bytesOf(key)]
  if (certBytes === undefined || (key !== undefined && keyBytes === undefined)) return []
  const report = inspectCertificate({file: certBytes, key: keyBytes, nowMs})
  if (report === undefined)
    return [
      {path, what: `certificate ${cert}`, fault: {code: 'tls.no_certificate', message: `${cert} holds no certificate`}},
    ]
  return report.checks
    .filter(({status}) => status !== 'skip')
    .map(({id, status, summary}): Looked => {
      const what = `certificate ${cert}: ${summary}`
      if (status === 'pass') return {path, what}
      if (id === 'key')
        return {path: [...path.slice(0, -1), 'key'], what, fault: {code: 'tls.key', message: `${key}: ${summary}`}}
      return {path, what, fault: {code: `tls.${id}`, message: `${cert}: ${summary}`}}
    })
}

function bytesOf(name: string): Buffer | undefined {
  try {
    const stats = statSync(name)
    return stats.isFile() && stats.size <= maxFileBytes ? readFileSync(name) : undefined
  } catch {
    return undefined // reported where the file itself is looked at
  }
}

function tryStat(name: string): Stats | 'denied' | undefined {
  try {
    return statSync(name)
  } catch (error) {
    return errnoCode(error) === 'EACCES' ? 'denied' : undefined
  }
}

function may(name: string, mode: number): boolean {
  try {
    accessSync(name, mode)
    return true
  } catch {
    return false
  }
}
