import {lstatSync, readdirSync, renameSync, rmSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'

const sidecars = ['-wal', '-shm', '-journal'] as const

/** A disk that spoils each new file must not be filled with them. */
const kept = 3

/**
 * Puts a damaged database with what belongs to it aside as `<file>.corrupt-<time>`, as a set that can still be opened.
 * The oldest beyond three are removed.
 * @returns the new name
 */
export function quarantine(path: string, wallMs: number): string {
  const stem = `${path}.corrupt-${new Date(wallMs).toISOString().replace(/[-:]/g, '').replace('.', '')}`
  let target = stem
  for (let copy = 2; exists(target); copy++) target = `${stem}-${copy}`
  renameSync(path, target)
  for (const suffix of sidecars) if (exists(path + suffix)) renameSync(path + suffix, target + suffix)
  removeOldest(path)
  return target
}

/** Leftovers of a database that is gone would be replayed into the new one. */
export function removeSidecars(path: string): void {
  for (const suffix of sidecars) rmSync(path + suffix, {force: true, recursive: true})
}

function removeOldest(path: string): void {
  const prefix = `${basename(path)}.corrupt-`
  const aside = readdirSync(dirname(path))
    .filter(name => name.startsWith(prefix) && !sidecars.some(suffix => name.endsWith(suffix)))
    .map(name => join(dirname(path), name))
    .sort((one, other) => lstatSync(one).ctimeMs - lstatSync(other).ctimeMs)
  for (const old of aside.slice(0, -kept)) {
    rmSync(old, {force: true, recursive: true})
    removeSidecars(old)
  }
}

function exists(path: string): boolean {
  return lstatSync(path, {throwIfNoEntry: false}) !== undefined
}
