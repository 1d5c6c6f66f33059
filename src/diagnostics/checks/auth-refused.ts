import {type Check, pass, skip, warn} from '../check.ts'
import {afterRuntime, snapshotOf, untold} from './told-by-runtime.ts'

const many = 50

/** Clients are not turned away again and again. */
export const authRefused: Check<['control.snapshot']> = {
  id: 'auth.refused',
  category: 'auth',
  severity: 'warn',
  title: 'clients are seldom refused',
  docs: 'clients-are-refused',
  after: [...afterRuntime, 'auth.key_file', 'auth.issuers'],
  needs: ({socket}) => [`control.snapshot:${socket ?? ''}`],
  run([control]) {
    const snapshot = snapshotOf(control)
    if (snapshot === null) return [untold('refused clients')]
    const {access} = snapshot
    if (access === undefined) return [skip('', 'clients need no credentials here')]
    const broken = access.issuers.filter(({error}) => error !== null)
    const [issuer] = broken
    if (issuer !== undefined) {
      return [
        warn(issuer.issuer, `clients are refused: the keys of ${issuer.issuer} are not to be had`, {
          evidence: broken.map(({from, error}) => `${from}: ${error}`),
          causes: [{id: 'auth.issuers'}, {id: 'auth.key_file'}],
          remedy: 'look for TokenKeysUnreadable in error.log',
        }),
      ]
    }
    const kinds = Object.entries(access.failures).sort(([, a], [, b]) => b - a)
    const total = kinds.reduce((sum, [, count]) => sum + count, 0)
    if (total < many) return [pass('', `${total} attempts were refused since the start`)]
    return [
      warn('', `clients are refused: ${total} attempts since the start`, {
        evidence: kinds.slice(0, 5).map(([kind, count]) => `${count} ${kind}`),
        remedy: `grep ' ${kinds[0]?.[0]} ' in error.log says who; only1mcp auth inspect looks at a credential`,
      }),
    ]
  },
}
