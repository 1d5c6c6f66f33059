import {formatDuration} from '../../shared/duration.ts'
import {type Check, pass, skip, warn} from '../check.ts'
import {probed, probesOf} from './probed.ts'
import {shortList} from './short-list.ts'

const slowMs = 2000

/** Servers answer the handshake soon: a client waits for the slowest of them. */
export const serversFirstByte: Check<readonly 'backend.probe'[]> = {
  id: 'servers.first_byte',
  category: 'servers',
  severity: 'warn',
  title: 'every server answers its first message soon',
  docs: 'answers-late',
  after: ['servers.handshake'],
  needs: probesOf,
  run(facts) {
    const asked = probed(facts).filter(({probe}) => probe.step !== 'connect' && probe.failure === null)
    if (asked.length === 0) return [skip('', 'no server was asked')]
    const slow = asked.filter(({probe}) => probe.openMs > slowMs)
    if (slow.length === 0) return [pass('', `${asked.length} servers answered within ${formatDuration(slowMs)}`)]
    return shortList(
      slow.map(({id, probe}) =>
        warn(id, `${id}: answers late: ${formatDuration(probe.openMs)} for the handshake`, {
          evidence: ['the start of a program is part of it; npx and uvx may download first'],
          remedy: `install the program of ${id} instead of having it fetched, or raise server.list_timeout`,
        }),
      ),
    )
  },
}
