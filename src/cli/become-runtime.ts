import {fileURLToPath} from 'node:url'
import type {RuntimeOrder} from './run-runtime.ts'

/** A young generation of this size is as fast as V8's own choice and keeps the memory of a busy runtime lower; docs/decisions/0011. */
const youngGenerationMiB = 8

/** Threads that help V8 to collect and compile. Its four share the cores with the traffic, and mostly wait for each other. */
const helperThreads = 2

/**
 * Replaces this process by one that holds nothing but the runtime: the pid stays, and the parts of the command line
 * (oclif, the schema, the YAML parser) are gone from memory. Where Node cannot do that the runtime runs in this process.
 */
export async function becomeRuntime(order: RuntimeOrder): Promise<void> {
  if (process.execve === undefined) {
    const {runRuntime} = await import('./run-runtime.ts')
    return runRuntime(order)
  }
  const entry = fileURLToPath(new URL('../../bin/runtime.js', import.meta.url))
  const flags = [...process.execArgv, `--max-semi-space-size=${youngGenerationMiB}`, `--v8-pool-size=${helperThreads}`]
  process.execve(process.execPath, [process.execPath, ...flags, entry, JSON.stringify(order)], process.env)
}
