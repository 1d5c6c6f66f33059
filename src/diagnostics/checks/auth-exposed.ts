import {type Check, pass, skip, warn} from '../check.ts'
import {isLoopback} from '../host-port.ts'
import {afterRuntime, snapshotOf} from './told-by-runtime.ts'

/** Who can reach the proxy has to prove who they are, unless that is this machine alone. */
export const authExposed: Check<['control.snapshot']> = {
  id: 'auth.exposed',
  category: 'auth',
  severity: 'warn',
  title: 'the proxy is on loopback, or wants credentials',
  docs: 'everybody-who-reaches-the-port-may-use-everything',
  after: ['config.valid', ...afterRuntime],
  needs: ({socket}) => [`control.snapshot:${socket ?? ''}`],
  run([control], {outline}) {
    const snapshot = snapshotOf(control)
    const host = snapshot?.listen.host ?? outline?.listen.host
    if (host === undefined) return [skip('', 'where the proxy listens could not be seen')]
    const methods = outline?.authMethods ?? []
    const guarded = snapshot === null ? methods.length > 0 : snapshot.access?.authenticates === true
    if (isLoopback(host)) return [pass(host, `the proxy listens on ${host}: this machine only`)]
    if (guarded) return [pass(host, `the proxy listens on ${host} and wants credentials`)]
    return [
      warn(host, `everybody who reaches the port may use everything: it listens on ${host}, without auth`, {
        evidence: ['no API keys, no JWT, no OAuth, no client certificates are at work'],
        remedy: 'only1mcp auth keygen --id NAME makes a key for auth.api_keys; or set server.host to 127.0.0.1',
      }),
    ]
  },
}
