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
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) {
    const {readFileSync} = await import('node:fs')
    const {version} = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
    process.stdout.on('error', () => process.exit()) // a reader that went away
    console.log(`only1mcp/${version} ${process.platform}-${process.arch} node-${process.version}`)
  } else {
    const {prepareProcess} = await import('./prepare-process.js')
    prepareProcess()
    const {main} = await import('../dist/cli/main.js')
    await main(args, import.meta.url)
  }
}
