import {readdirSync} from 'node:fs'
import {describe, expect, it, vi} from 'vitest'
import {readArgv} from '../../src/shared/proc.ts'
import {stdioServer} from '../helpers/backends.ts'
import {startRuntime} from '../helpers/start-runtime.ts'

/** Ignores every signal, empties its environment, and its child takes a session of its own. */
const escaping = (tag: string): string => {
  const deaf = "trap '' TERM INT HUP; while :; do sleep 1; done"
  return `env -i /bin/sh -c ": ${tag} one; setsid -w /bin/sh -c ': ${tag} two; ${deaf.replaceAll("'", '')}' & ${deaf}" >/dev/null 2>&1 & exec "$@"`
}

const alive = (tag: string): number =>
  readdirSync('/proc').filter(name => /^\d+$/.test(name) && readArgv(Number(name))?.join(' ').includes(`: ${tag} `))
    .length

describe('descendants that left the group and emptied their environment', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)('are gone after %s of the runtime', async signal => {
    const tag = `escape-${process.pid}-${signal}`
    const {command, args} = stdioServer('e', 'echo.mjs')
    const runtime = await startRuntime({
      server: {shutdown_timeout: '3s'},
      servers: [{id: 'e', command: '/bin/sh', args: ['-c', escaping(tag), 'sh', command, ...args]}],
    })
    await vi.waitFor(() => expect(alive(tag)).toBeGreaterThanOrEqual(2), {timeout: 5000})
    process.kill(runtime.pid, signal)
    await vi.waitFor(() => expect(alive(tag)).toBe(0), {timeout: 6000, interval: 100})
    await runtime.process.exited
  })
})
