import {lstatSync, mkdirSync} from 'node:fs'
import {enableCompileCache} from 'node:module'
import {homedir} from 'node:os'

/** Makes up for what the environment may lack, before anything else is loaded. */
export function prepareProcess() {
  // A reader that went away (| head) is no error of ours.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', error => {
      if (error.code === 'EPIPE') process.exit()
      throw error
    })
  }
  process.env.NODE_ENV ??= 'production' // before React is imported: its development build is twice as slow
  try {
    homedir()
  } catch {
    process.env.SHELL ??= '/bin/sh'
    process.env.HOME = '/' // no HOME, and a user without an entry in passwd: containers have such, and libraries throw
  }
  try {
    process.cwd()
  } catch {
    process.chdir('/') // the folder we stand in was removed: no file could be found from there anyway
  }
  enableOwnCompileCache()
}

/**
 * Compiled code is run as it stands, so its folder must be ours alone: Node's default is one name in the shared temporary
 * folder, which any user of this host could make first and fill for root.
 */
function enableOwnCompileCache() {
  const {XDG_CACHE_HOME, HOME} = process.env
  const parent = XDG_CACHE_HOME?.startsWith('/') ? XDG_CACHE_HOME : HOME?.startsWith('/') ? `${HOME}/.cache` : undefined
  if (parent === undefined) return
  const folder = `${parent}/only1mcp`
  try {
    mkdirSync(folder, {recursive: true, mode: 0o700})
    for (const path of [parent, folder]) {
      const stats = lstatSync(path)
      if (!stats.isDirectory() || stats.uid !== process.getuid() || (stats.mode & 0o022) !== 0) return
    }
  } catch {
    return // nowhere to keep it: everything works without, a little slower
  }
  enableCompileCache(folder)
}
