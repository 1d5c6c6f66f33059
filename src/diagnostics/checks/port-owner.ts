import {type Check, type CheckResult, fail, info, notSeen, pass, skip} from '../check.ts'
import type {Listener, PortOwner} from '../fact-values.ts'
import {formatHostPort} from '../host-port.ts'
import {isLiving, mainSighting, recordOf} from '../sighting.ts'
import {healthOf} from './health-of.ts'

/** The proxy port is held by the runtime and by no other program (the guide's "Check for port conflicts"). */
export const portOwner: Check<['port.owner', 'runtime.record', 'control.snapshot', 'http.health']> = {
  id: 'port.owner',
  category: 'network',
  severity: 'fail',
  title: 'no other program holds the proxy port',
  docs: 'port-held-by-another-program',
  after: ['config.found', 'config.valid'],
  needs: context => [
    `port.owner:${context.server.port}`,
    'runtime.record',
    `control.snapshot:${context.socket ?? ''}`,
    healthOf(context),
  ],
  run([owner, runtime, control, health], {server}) {
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
    const unsure =
      runtime.state !== 'known' || sighting?.read.state === 'denied' || sighting?.process?.state === 'hidden'
    const ours = health.state === 'known' && health.value.ours
    const pidOfOurs = living?.pid ?? answering?.pid
    if (listener.process === null && (unsure || ours || pidOfOurs !== undefined))
      return [unseen(address, listener, owner.value, pidOfOurs)]
    if (listener.process === null) return [heldByUnseen(address, listener, server.port)]

    const {pid, program, argv, startTicks} = listener.process
    if (pid === living?.pid || pid === answering?.pid)
      return [pass(address, `${address} is held by the runtime (pid ${pid})`)]
    const whose = `${program} (pid ${pid}, user ${listener.user})`
    if (unsure) {
      return [skip(address, `${address} is held by ${whose}; whether that is the runtime could not be seen`)]
    }
    if (ours) return [info(address, `${address} is held by a runtime that has left no record here: ${whose}`)]
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

/** No runtime is here, and what answers on the port is none: whoever it is, nothing else can listen there. */
function heldByUnseen(address: string, {user}: Listener, port: number): CheckResult {
  return fail(address, `${address} is held by another program, of user ${user}`, {
    evidence: [`this user may not see which: sudo ss -ltnp 'sport = :${port}'`],
    remedy: `have it stopped, or choose another port: only1mcp start --port ${port + 1}`,
  })
}

function unseen(address: string, {user}: Listener, owner: PortOwner, runtimePid: number | undefined): CheckResult {
  const runtime = runtimePid === undefined ? 'no runtime is known' : `the runtime has pid ${runtimePid}`
  return skip(address, `${address} is held by a program of user ${user} that this user may not see`, {
    evidence: [`${owner.unreadable} processes could not be looked into; root would see them`, runtime],
    remedy: user === 'root' ? 'run this as root' : `run this as root or as ${user}`,
  })
}
