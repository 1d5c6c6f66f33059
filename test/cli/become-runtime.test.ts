import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {startRuntime} from '../helpers/start-runtime.ts'

describe('the process that start becomes', () => {
  it('has the pid of the command, and neither the schema nor the command line in its memory', async () => {
    const runtime = await startRuntime({servers: []})
    const {pid} = runtime
    expect(runtime.process.child.pid).toBe(pid)
    expect(runtime.record.argv).toContain('start')
    expect(readFileSync(`/proc/${pid}/comm`, 'utf8')).toMatch(/^only1mcp/)
    const rssMiB = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
    expect(rssMiB).toBeLessThan(100)
  })
})
