import {type Check, notSeen, pass, warn} from '../check.ts'

/** Servers that ended are reaped. */
export const processZombies: Check<['process.details']> = {
  id: 'process.zombies',
  category: 'process',
  severity: 'warn',
  title: 'the runtime has no dead children that it does not reap',
  docs: 'dead-children-are-not-reaped',
  after: ['process.running'],
  needs: ({pid}) => [`process.details:${pid ?? ''}`],
  run([details]) {
    if (details.state !== 'known') return [notSeen(details, '', {causes: [{id: 'process.running'}]})]
    const {zombies, pid} = details.value
    if (zombies.length === 0) return [pass(String(pid), 'no dead child waits to be reaped')]
    return [
      warn(String(pid), `dead children are not reaped by the runtime: ${zombies.length}`, {
        evidence: zombies.slice(0, 5).map(each => `pid ${each.pid} (${each.program})`),
        remedy:
          'one or two for a moment are no harm; if they stay, the runtime hangs: only1mcp doctor process.event_loop',
      }),
    ]
  },
}
