import {type Check, type CheckContext, type CheckResult, fail, notSeen, pass} from '../check.ts'
import type {Fact} from '../fact.ts'
import type {ServerOutline} from '../facts/config.ts'
import {noServers} from './per-server.ts'
import {shortList} from './short-list.ts'
import {tellAlike} from './tell-alike.ts'

/** The program of every stdio server is there and can be run. */
export const serversCommand: Check<readonly 'backend.command'[]> = {
  id: 'servers.command',
  category: 'servers',
  severity: 'fail',
  title: 'the program of every server can be run',
  docs: 'the-program-of-a-server-cannot-be-run',
  after: ['config.found', 'config.valid'],
  needs: context => programsOf(context).map(({id}) => `backend.command:${id}` as const),
  run(facts, context) {
    const servers = programsOf(context)
    if (servers.length === 0) return [noServers(context, 'with a command')]
    const bad = servers.flatMap(({id}, index) => resultOf(id, facts[index]))
    return bad.length > 0
      ? shortList(tellAlike(bad))
      : [pass('', `the programs of ${servers.length} servers can be run`)]
  },
}

function programsOf({outline}: CheckContext): readonly ServerOutline[] {
  return (outline?.servers ?? []).filter(({command}) => command !== null)
}

function resultOf(id: string, sight: Fact<'backend.command'> | undefined): CheckResult[] {
  if (sight === undefined) return []
  if (sight.state !== 'known') return [notSeen(sight, id)]
  const {command, file, fault, remedy, lacksBit} = sight.value
  if (fault === null) return []
  return [
    fail(id, `${id}: the program cannot be run: ${fault}`, {
      alike: fault,
      evidence: [`command: ${command}`],
      remedy:
        lacksBit && file !== null
          ? `chmod +x ${file}`
          : (remedy ?? `install it, or correct the command of ${id} (an absolute path is safest)`),
      ...(lacksBit && file !== null && {fix: {kind: 'mode' as const, path: file, mode: 0o755}}),
    }),
  ]
}
