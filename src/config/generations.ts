import {createHash} from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import {join} from 'node:path'
import {errnoCode} from '../shared/errors.ts'
import {writeFileAtomic} from '../shared/files.ts'

/** A configuration that has served well, as it was written: variables are not expanded. */
export interface Generation {
  readonly n: number
  /** Of its bytes. */
  readonly sha256: string
  /** Of the program that it served with. */
  readonly version: string
  /** When it came into force, ISO-8601 UTC. */
  readonly since: string
  /** The file with its bytes. */
  readonly path: string
}

export type GenerationsRead =
  | {readonly state: 'known'; readonly generations: readonly Generation[]}
  | {readonly state: 'denied'; readonly path: string}

const keptGenerations = 10

const folderName = /^([1-9]\d{0,9})-([0-9a-f]{8})$/
const fileName = 'config.yaml'

/** The folder of the generations of a runtime. */
export function generationsFolder(stateDir: string): string {
  return join(stateDir, 'generations')
}

/** Those that are whole, the oldest first. What cannot be one, or was changed since, is passed over. */
export function readGenerations(stateDir: string): GenerationsRead {
  const folder = generationsFolder(stateDir)
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    if (errnoCode(error) === 'EACCES' || errnoCode(error) === 'EPERM') return {state: 'denied', path: folder}
    return {state: 'known', generations: []} // nothing was kept yet
  }
  const owner = statSync(stateDir).uid
  const generations = names.flatMap(name => readOne(folder, name, owner) ?? []).sort((a, b) => a.n - b.n)
  return {state: 'known', generations}
}

function readOne(folder: string, name: string, owner: number): Generation | undefined {
  const [, n, sha8] = folderName.exec(name) ?? []
  if (n === undefined) return undefined
  try {
    const path = join(folder, name, fileName)
    const meta: unknown = JSON.parse(readOwned(join(folder, name, 'meta.json'), owner).toString('utf8'))
    if (typeof meta !== 'object' || meta === null) return undefined
    const {sha256, version, since} = meta as Record<string, unknown>
    if (typeof sha256 !== 'string' || typeof version !== 'string' || typeof since !== 'string') return undefined
    const own = createHash('sha256').update(readOwned(path, owner)).digest('hex')
    return own === sha256 && sha256.startsWith(sha8 ?? '') ? {n: Number(n), sha256, version, since, path} : undefined
  } catch {
    return undefined // half of it, or not ours to read: no generation to rely on
  }
}

/** A configuration names commands to run: one that somebody else could put there is none of ours. */
function readOwned(path: string, owner: number): Buffer {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const stats = fstatSync(fd)
    if (!stats.isFile() || stats.uid !== owner) throw new Error(`${path} is no file of uid ${owner}`)
    return readFileSync(fd)
  } finally {
    closeSync(fd)
  }
}

/**
 * Keeps a configuration, whole or not at all, readable by its owner alone. The same one twice in a row is one generation,
 * and the oldest beyond ten go. @returns the one that was made, undefined where the newest is the same
 */
export function keepGeneration(
  stateDir: string,
  bytes: Buffer,
  {version, since}: Pick<Generation, 'version' | 'since'>,
): Generation | undefined {
  const folder = generationsFolder(stateDir)
  mkdirSync(folder, {recursive: true, mode: 0o700})
  chmodSync(folder, 0o700)
  const read = readGenerations(stateDir)
  const known = read.state === 'known' ? read.generations : []
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (known.at(-1)?.sha256 === sha256) return undefined
  // A broken one keeps its number too.
  const n = 1 + Math.max(0, ...readdirSync(folder).map(name => Number(folderName.exec(name)?.[1] ?? 0)))
  const name = `${n}-${sha256.slice(0, 8)}`
  const making = join(folder, `.${name}.${process.pid}.tmp`)
  rmSync(making, {recursive: true, force: true})
  mkdirSync(making, {mode: 0o700})
  try {
    writeFileAtomic(join(making, fileName), bytes)
    writeFileAtomic(join(making, 'meta.json'), `${JSON.stringify({n, sha256, version, since}, null, 2)}\n`)
    renameSync(making, join(folder, name))
  } catch (error) {
    rmSync(making, {recursive: true, force: true})
    throw error
  }
  prune(folder)
  return {n, sha256, version, since, path: join(folder, name, fileName)}
}

function prune(folder: string): void {
  const all = readdirSync(folder)
    .flatMap(name => (folderName.test(name) ? [{name, n: Number.parseInt(name, 10)}] : []))
    .sort((a, b) => b.n - a.n)
  for (const {name} of all.slice(keptGenerations)) rmSync(join(folder, name), {recursive: true, force: true})
  // What a process left that was killed while it wrote.
  for (const name of readdirSync(folder))
    if (/^\.\d+-[0-9a-f]{8}\.\d+\.tmp$/.test(name)) rmSync(join(folder, name), {recursive: true, force: true})
}
