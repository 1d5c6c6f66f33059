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
    const {enableCompileCache} = await import('node:module')
    enableCompileCache()
    const {main} = await import('../dist/cli/main.js')
    await main(args, import.meta.url)
  }
}
