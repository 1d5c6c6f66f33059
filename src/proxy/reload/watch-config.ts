import {type FSWatcher, realpathSync, statSync, watch} from 'node:fs'
import {dirname} from 'node:path'

export interface WatchOptions {
  readonly path: string
  /** The file is another one than before, and has been left alone for a moment. */
  readonly onChange: () => void
  /** How long it has to have been left alone. */
  readonly quietMs?: number
  /** How often it is looked at where the system does not tell: some file systems never do. */
  readonly pollMs?: number
}

/** An editor writes in several steps, and a copy in several pieces. */
const usualQuietMs = 250
const usualPollMs = 2_000
/** A file that never comes to rest is looked at all the same. */
const longestWaitMs = 5_000

/**
 * Watches one file: written in place, replaced by another, deleted and made again, or reached over a link that turns
 * elsewhere (as Kubernetes swaps `..data`). The folders are watched, not the file: those stay. Never opens it.
 */
export class ConfigWatch {
  readonly #options: WatchOptions
  readonly #quietMs: number
  readonly #poll: NodeJS.Timeout
  #watchers: FSWatcher[] = []
  #folders = ''
  #seen: string
  #quiet: NodeJS.Timeout | undefined
  #since = 0

  constructor(options: WatchOptions) {
    this.#options = options
    this.#quietMs = options.quietMs ?? usualQuietMs
    this.#seen = stampOf(options.path)
    this.#poll = setInterval(() => this.#look(), options.pollMs ?? usualPollMs)
    this.#poll.unref()
    this.#arm()
  }

  stop(): void {
    clearInterval(this.#poll)
    clearTimeout(this.#quiet)
    for (const watcher of this.#watchers) watcher.close()
    this.#watchers = []
  }

  /** Something happened near it, or time has passed. */
  #look(): void {
    this.#arm()
    if (this.#quiet === undefined && stampOf(this.#options.path) !== this.#seen) this.#wait(stampOf(this.#options.path))
  }

  #wait(stamp: string): void {
    const now = performance.now()
    if (this.#quiet === undefined) this.#since = now
    clearTimeout(this.#quiet)
    this.#quiet = setTimeout(() => {
      const newest = stampOf(this.#options.path)
      if (newest !== stamp && performance.now() - this.#since < longestWaitMs) return this.#wait(newest)
      this.#quiet = undefined
      if (newest === this.#seen) return
      this.#seen = newest
      this.#arm()
      this.#options.onChange()
    }, this.#quietMs)
    this.#quiet.unref()
  }

  /** Watches the folder of the name and, behind links, that of the file; again when one of them is another. */
  #arm(): void {
    const {path} = this.#options
    const folders = [...new Set([dirname(path), dirname(realPath(path))])].filter(folder => stampOf(folder) !== '-')
    const identity = folders.map(folder => `${folder} ${identityOf(folder)}`).join('\n')
    if (identity === this.#folders) return
    this.#folders = identity
    for (const watcher of this.#watchers) watcher.close()
    this.#watchers = folders.flatMap(folder => {
      try {
        const watcher = watch(folder, {persistent: false}, () => this.#look())
        // The folder went away, or the system has no more watches to give: the poll goes on.
        watcher.on('error', () => watcher.close())
        return [watcher]
      } catch {
        return [] // as above
      }
    })
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path // not there now
  }
}

function identityOf(path: string): string {
  try {
    const {dev, ino} = statSync(path, {bigint: true})
    return `${dev}:${ino}`
  } catch {
    return '-' // not there now
  }
}

/** What differs when the file does; `-` while there is none, or none that may be seen. */
function stampOf(path: string): string {
  try {
    const {dev, ino, size, mtimeNs, ctimeNs, mode} = statSync(path, {bigint: true})
    return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}:${mode}`
  } catch {
    return '-'
  }
}
