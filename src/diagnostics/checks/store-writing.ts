import {type Check, fail, pass, skip, warn} from '../check.ts'
import {afterRuntime, snapshotOf, untold} from './told-by-runtime.ts'

/** The request log takes rows, and what instances share is there. */
export const storeWriting: Check<['control.snapshot']> = {
  id: 'store.writing',
  category: 'stores',
  severity: 'fail',
  title: 'the runtime can write what it keeps',
  docs: 'rows-of-the-request-log-are-not-kept',
  after: [...afterRuntime, 'host.disk', 'store.requests', 'store.postgres'],
  needs: ({socket}) => [`control.snapshot:${socket ?? ''}`],
  run([control]) {
    const snapshot = snapshotOf(control)
    if (snapshot === null) return [untold('the request log')]
    const log = snapshot.requestLog
    if (log === undefined) return [skip('', 'no request log is kept')]
    const {state, written, dropped, spooled, lastError, backend} = log
    const text = `${written} rows written, ${dropped} lost, ${spooled} waiting`
    if (state === 'ok' && dropped === 0) return [pass(backend, `the request log (${backend}): ${text}`)]
    const say = state === 'failing' || state === 'unavailable' ? fail : warn
    return [
      say(backend, `rows of the request log are not kept: ${state === 'ok' ? `${dropped} were lost` : state}`, {
        evidence: [text, ...(lastError === null ? [] : [lastError])],
        causes: [{id: 'store.postgres'}, {id: 'store.requests'}, {id: 'host.disk'}],
        remedy: 'look for StoreTrouble and StoreLoss in error.log',
      }),
    ]
  },
}
