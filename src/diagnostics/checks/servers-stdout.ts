import {type Check, pass, skip, warn} from '../check.ts'
import {shortList} from './short-list.ts'
import {afterRuntime, snapshotOf, untold} from './told-by-runtime.ts'

/** MCP, "stdio": a server must not write anything to its stdout that is not a valid MCP message. */
export const serversStdout: Check<['control.snapshot']> = {
  id: 'servers.stdout',
  category: 'servers',
  severity: 'warn',
  title: 'servers write nothing but messages to stdout',
  docs: 'lines-on-stdout-are-no-messages',
  after: [...afterRuntime],
  needs: ({socket}) => [`control.snapshot:${socket ?? ''}`],
  run([control]) {
    const snapshot = snapshotOf(control)
    if (snapshot === null) return [untold('what servers write')]
    const programs = snapshot.servers.filter(({transport}) => transport === 'stdio')
    if (programs.length === 0) return [skip('', 'no server writes to a stdout')]
    const chatty = programs.flatMap(({id, stdoutGarbage}) => (stdoutGarbage ? [{id, ...stdoutGarbage}] : []))
    if (chatty.length === 0) return [pass('', `${programs.length} servers write nothing but messages`)]
    return shortList(
      chatty.map(({id, lines, last, at}) =>
        warn(id, `${id}: lines on stdout are no messages: ${lines} so far`, {
          evidence: [`the last, at ${at}: ${last}`, 'they are passed over here; other clients break on them'],
          remedy: `have ${id} write its log and banner to stderr`,
        }),
      ),
    )
  },
}
