import {createHash} from 'node:crypto'
import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {generationsFolder} from '../../config/generations.ts'
import type {FactOutcome} from '../fact.ts'
import type {Collector} from '../live-facts.ts'
import {sightFile, whyUnseen} from './kept-file.ts'
import {readSmallFile} from './small-file.ts'

/** The file of the key that signs session ids; its bytes are not read. */
export const stateSessionKey: Collector<'state.session_key'> = {
  kind: 'state.session_key',
  timeoutMs: 2000,
  async collect(stateDir): Promise<FactOutcome<'state.session_key'>> {
    if (stateDir === '') return {state: 'absent', why: 'no state folder is known'}
    const file = sightFile(join(stateDir, 'session.key'))
    return 'state' in file ? file : {state: 'known', value: file}
  },
}

/** Every folder of a generation against its own account of itself. */
export const stateGenerations: Collector<'state.generations'> = {
  kind: 'state.generations',
  timeoutMs: 4000,
  async collect(stateDir): Promise<FactOutcome<'state.generations'>> {
    if (stateDir === '') return {state: 'absent', why: 'no state folder is known'}
    const folder = generationsFolder(stateDir)
    let names: string[]
    try {
      names = readdirSync(folder)
    } catch (error) {
      return whyUnseen(folder, error)
    }
    const broken: {name: string; fault: string}[] = []
    let whole = 0
    // One that is being written has a dot in front; what a killed process left of it goes with the next one.
    for (const name of names.filter(each => !each.startsWith('.'))) {
      const fault = generationFault(folder, name)
      if (fault === null) whole++
      else broken.push({name, fault})
    }
    // The oldest goes when a new one comes: what is gone by now is no fault.
    const still = broken.filter(({name}) => !('state' in sightFile(join(folder, name))))
    return {state: 'known', value: {folder, whole, broken: still}}
  },
}

function generationFault(folder: string, name: string): string | null {
  const [, n, sha8 = ''] = /^([1-9]\d{0,9})-([0-9a-f]{8})$/.exec(name) ?? []
  if (n === undefined) return 'its name is not <number>-<eight hex digits>'
  const [config, meta] = ['config.yaml', 'meta.json'].map(file => readSmallFile(join(folder, name, file)))
  for (const file of [config, meta]) if (file?.state !== 'known') return file?.why ?? 'it is empty'
  if (config?.state !== 'known' || meta?.state !== 'known') return 'it is empty'
  const told = parseMeta(meta.bytes.toString('utf8'))
  if (told === undefined) return 'its meta.json is no record of a generation'
  const own = createHash('sha256').update(config.bytes).digest('hex')
  if (own !== told.sha256)
    return `its config.yaml has sha256 ${own.slice(0, 12)}…, meta.json says ${told.sha256.slice(0, 12)}…`
  if (!own.startsWith(sha8)) return `its name says ${sha8}, its config.yaml has sha256 ${own.slice(0, 12)}…`
  return told.n === undefined || told.n === Number(n) ? null : `meta.json says that it is number ${told.n}`
}

function parseMeta(text: string): {readonly n: number | undefined; readonly sha256: string} | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    const {n, sha256, version, since} = value as Record<string, unknown>
    if (typeof sha256 !== 'string' || typeof version !== 'string' || typeof since !== 'string') return undefined
    return {n: typeof n === 'number' ? n : undefined, sha256}
  } catch {
    return undefined // the caller says what is wrong with it
  }
}
