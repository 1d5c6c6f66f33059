import {type Check, type CheckResult, fail, info, notSeen, pass, skip} from '../check.ts'
import type {Listener, PortOwner} from '../fact-values.ts'
import {formatHostPort} from '../host-port.ts'
import {isLiving, mainSighting, recordOf} from '../sighting.ts'

/** The proxy port is held by the runtime and by no other program (the guide's "Check for port conflicts"). */
export const portOwner: Check<['port.owner', 'runtime.record', 'control.snapshot']> = {
  id: 'port.owner',
  category: 'network',
  severity: 'fail',
  title: 'no other program holds the proxy port',
  docs: 'port-held-by-another-program',
  after: ['config.found', 'config.valid'],
  needs: ({server, socket}) => [`port.owner:${server.port}`, 'runtime.record', `control.snapshot:${socket ?? ''}`],
  run([owner, runtime, control], {server}) {
    const {from} = server
    const address = formatHostPort(server)
    if (owner.state !== 'known') return [notSeen(owner, address)]
    const listener = listenerFor(server.host, owner.value.listeners)
    if (listener === undefined && from === 'guess') {
      return [skip(address, 'which address the runtime uses could not be seen')]
    }
    if (listener === undefined) return [info(address, `no program holds ${address}`)]

    const sighting = runtime.state === 'known' ? mainSighting(runtime.value) : undefined
    const living = sighting !== undefined && isLiving(sighting) ? recordOf(sighting) : null
    const answering = control.state === 'known' ? control.value.snapshot : null
    if (listener.process === null) return [unseen(address, listener, owner.value, living?.pid ?? answering?.pid)]

    const {pid, program, argv, startTicks} = listener.process
    if (pid === living?.pid || pid === answering?.pid)
      return [pass(address, `${address} is held by the runtime (pid ${pid})`)]
    const unsure =
      runtime.state !== 'known' || sighting?.read.state === 'denied' || sighting?.process?.state === 'hidden'
    const whose = `${program} (pid ${pid}, user ${listener.user})`
    if (unsure) {
      return [skip(address, `${address} is held by ${whose}; whether that is the runtime could not be seen`)]
    }
    return [
      fail(address, `${address} is held by another program: ${whose}`, {
        evidence: [
          `command line: ${argv.join(' ')}`,
          `it listens on ${formatHostPort({host: listener.address, port: listener.port})}`,
        ],
        remedy: `stop ${program} (pid ${pid}), or choose another port: only1mcp start --port ${server.port + 1}`,
        fix: startTicks === undefined ? undefined : {kind: 'end-process', pid, startTicks, program},
      }),
    ]
  },
}

/** The listener that a connection to `host` reaches: one on that very address before one on every address. */
function listenerFor(host: string, listeners: readonly Listener[]): Listener | undefined {
  const name = host === 'localhost' ? ['127.0.0.1', '::1'] : [host]
  const addresses = [...name, ...name.map(each => `::ffff:${each}`), '0.0.0.0', '::']
  const rank = ({address}: Listener): number => addresses.indexOf(address)
  return listeners.filter(each => rank(each) >= 0).sort((a, b) => rank(a) - rank(b))[0]
}

function unseen(address: string, {user}: Listener, owner: PortOwner, runtimePid: number | undefined): CheckResult {
  const runtime = runtimePid === undefined ? 'no runtime is known' : `the runtime has pid ${runtimePid}`
  return skip(address, `${address} is held by a program of user ${user} that this user may not see`, {
    evidence: [`${owner.unreadable} processes could not be looked into; root would see them`, runtime],
    remedy: user === 'root' ? 'run this as root' : `run this as root or as ${user}`,
  })
}
