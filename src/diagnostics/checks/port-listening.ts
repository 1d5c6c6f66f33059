import {type Check, fail, notSeen, pass, skip} from '../check.ts'
import {aboutOf} from '../fact.ts'
import {formatHostPort} from '../host-port.ts'

/** The proxy port accepts TCP connections (the guide's "Port Status"). */
export const portListening: Check<['tcp.dial']> = {
  id: 'port.listening',
  category: 'network',
  severity: 'fail',
  title: 'the proxy port accepts connections',
  docs: 'port-not-listening',
  after: ['process.running', 'port.owner', 'config.valid'],
  needs: ({server}) => [`tcp.dial:${formatHostPort(server)}`],
  run([dial], {server}) {
    const address = aboutOf(dial.key)
    const causes = [{id: 'process.running'}, {id: 'port.owner'}]
    if (dial.state !== 'known') return [notSeen(dial, address, {causes})]
    if (dial.value.open) return [pass(address, `${address} accepts connections (${dial.value.ms} ms)`)]
    if (server.from === 'guess') {
      return [skip(address, `nothing answers on ${address}, but which address the runtime uses could not be seen`)]
    }
    return [
      fail(address, `nothing listens on ${address} (${dial.value.code})`, {
        evidence: [`the address is ${sources[server.from]}`],
        causes,
        remedy: 'only1mcp start, or choose another port with --port',
      }),
    ]
  },
}

const sources = {
  runtime: 'the one that the runtime recorded',
  config: 'the one of the configuration',
  default: 'the default, since neither a runtime nor a configuration names one',
} as const
