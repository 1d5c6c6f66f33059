import {type Check, notSeen, pass, warn} from '../check.ts'
import {endpointsOf} from './per-server.ts'

const local = /^(?:localhost|127\.|::1$|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/

/** Nobody relies on a proxy that is not used: endpoints are reached directly, whatever the variables say. */
export const networkProxyVariables: Check<['process.proxy_variables']> = {
  id: 'network.proxy_variables',
  category: 'network',
  severity: 'warn',
  title: 'no proxy variable is set that has no effect',
  docs: 'proxy-variables-have-no-effect',
  after: [],
  needs: ({pid}) => [`process.proxy_variables:${pid ?? ''}`],
  run([variables], context) {
    if (variables.state !== 'known') return [notSeen(variables, '')]
    const set = variables.value.filter(({name}) => !/^no_proxy$/i.test(name))
    if (set.length === 0) return [pass('', 'no proxy variable is set')]
    const outside = endpointsOf(context).filter(({host}) => !local.test(host))
    const text = set.map(({name, value}) => `${name}=${value}`)
    if (outside.length === 0) return [pass('', `${set[0]?.name} is set; no endpoint is outside`, {evidence: text})]
    return [
      warn(
        set[0]?.name ?? '',
        `proxy variables have no effect: ${set[0]?.name} is set, and ${outside.length} endpoints are reached directly`,
        {
          evidence: [
            ...text,
            `endpoints outside: ${outside
              .slice(0, 5)
              .map(({id, host}) => `${id} (${host})`)
              .join(', ')}`,
          ],
          remedy: 'if this host may only go out through the proxy, put a gateway in reach in front of those endpoints',
        },
      ),
    ]
  },
}
