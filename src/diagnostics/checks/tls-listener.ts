import {type Check, fail, notSeen, pass, skip, warn} from '../check.ts'
import {aboutOf} from '../fact.ts'
import {dialable, formatHostPort} from '../host-port.ts'
import {afterRuntime, snapshotOf, untold} from './told-by-runtime.ts'

/** Our own TLS listener does a handshake (the guide's `curl --cacert ca.crt https://localhost:8443`). */
export const tlsListener: Check<['tls.handshake', 'control.snapshot']> = {
  id: 'tls.listener',
  category: 'auth',
  severity: 'fail',
  title: 'the TLS listener does a handshake',
  docs: 'the-tls-listener-does-no-handshake',
  after: [...afterRuntime, 'tls.certificate'],
  needs: ({outline, server, socket}) => [
    `tls.handshake:${formatHostPort({host: dialable(outline?.listen.host ?? server.host), port: outline?.tls?.port ?? 0})}`,
    `control.snapshot:${socket ?? ''}`,
  ],
  run([tls, control], {outline}) {
    const snapshot = snapshotOf(control)
    const address = aboutOf(tls.key)
    if (!outline?.tls && snapshot?.listen.tls === undefined) return [skip('', 'no TLS listener is configured')]
    if (snapshot === null) return [untold('the TLS listener')]
    const stale = snapshot.listen.tls?.error ?? null
    if (stale !== null) {
      return [
        warn(address, `the TLS listener did not take the newer certificate: ${stale}`, {
          causes: [{id: 'tls.certificate'}],
          remedy: 'correct the files; the runtime takes them within seconds',
        }),
      ]
    }
    if (tls.state === 'timeout' || tls.state === 'error') return [notSeen(tls, address)]
    const why = tls.state !== 'known' ? tls.why : tls.value.protocol === null ? tls.value.refusal : null
    if (why === null && tls.state === 'known')
      return [pass(address, `the TLS listener speaks ${tls.value.protocol} (${tls.value.ms} ms)`)]
    return [
      fail(address, `the TLS listener does no handshake: ${why}`, {
        causes: [{id: 'tls.certificate'}],
        remedy: `openssl s_client -connect ${address} </dev/null`,
      }),
    ]
  },
}
