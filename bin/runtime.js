// The process that `start` becomes (src/cli/become-runtime.ts): the runtime alone, without the parts of the command line.
const {prepareProcess} = await import('./prepare-process.js')
prepareProcess()
const {runRuntime} = await import('../dist/cli/run-runtime.js')
await runRuntime(JSON.parse(process.argv[2]))
