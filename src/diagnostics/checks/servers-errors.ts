import {type Check, fail, pass, warn} from '../check.ts'
import {shortList} from './short-list.ts'
import {afterRuntime, snapshotOf, untold} from './told-by-runtime.ts'

const fewest = 20
const warnShare = 0.05
const failShare = 0.5

/** Calls to each server succeed. */
export const serversErrors: Check<['control.snapshot']> = {
  id: 'servers.errors',
  category: 'servers',
  severity: 'fail',
  title: 'calls to servers seldom fail',
  docs: 'calls-fail',
  after: [...afterRuntime, 'servers.up'],
  needs: ({socket}) => [`control.snapshot:${socket ?? ''}`],
  run([control]) {
    const snapshot = snapshotOf(control)
    if (snapshot === null) return [untold('calls to servers')]
    const bad = snapshot.servers.filter(({requests, errors}) => requests >= fewest && errors / requests > warnShare)
    if (bad.length === 0) return [pass('', `calls to ${snapshot.servers.length} servers seldom fail`)]
    return shortList(
      bad.map(({id, requests, errors, lastError}) =>
        (errors / requests >= failShare ? fail : warn)(id, `${id}: calls fail: ${errors} of ${requests}`, {
          evidence: lastError === null ? [] : [`last: ${lastError.kind} at ${lastError.at}: ${lastError.message}`],
          causes: [{id: 'servers.up', subject: id}],
          remedy: `only1mcp health check ${id}; grep server_id=${id} in error.log`,
        }),
      ),
    )
  },
}
