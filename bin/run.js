#!/usr/bin/env node
// Nothing is imported before the version is known: below the floor some libraries end without a message.
const [major, minor] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `only1mcp needs Node 22.19 or newer, and this is ${process.version} (${process.execPath}); start it with bin/only1mcp, which finds the Node it was installed with, or upgrade Node.`,
  )
  process.exitCode = 2
} else {
  const args = process.argv.slice(2)
  // A reader that went away (| head) is no error of ours.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', error => {
      if (error.code === 'EPIPE') process.exit()
      throw error
    })
  }
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) {
    const {readFileSync} = await import('node:fs')
    const {version} = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
    console.log(`only1mcp/${version} ${process.platform}-${process.arch} node-${process.version}`)
  } else {
    process.env.NODE_ENV ??= 'production' // before React is imported: its development build is twice as slow
    const {homedir} = await import('node:os')
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
    await enableOwnCompileCache()
    const {main} = await import('../dist/cli/main.js')
    await main(args, import.meta.url)
  }
}

/**
 * Compiled code is run as it stands, so its folder must be ours alone: Node's default is one name in the shared temporary
 * folder, which any user of this host could make first and fill for root.
 */
async function enableOwnCompileCache() {
  const {lstatSync, mkdirSync} = await import('node:fs')
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
  const {enableCompileCache} = await import('node:module')
  enableCompileCache(folder)
}
