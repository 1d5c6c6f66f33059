import type {RuntimeRecord} from '../../control/runtime-file.ts'
import {asOwner, type Check, type CheckResult, fail, info, notSeen, pass, skip, warn} from '../check.ts'
import type {Fact} from '../fact.ts'
import type {RuntimeSighting, SeenProcess} from '../fact-values.ts'
import {formatHostPort} from '../host-port.ts'
import {isLiving, mainSighting, recordOf} from '../sighting.ts'
import {healthOf} from './health-of.ts'

type ControlFact = Fact<'control.snapshot'>

/** What keeps a runtime from starting, the nearest first. */
const startNeeds = [
  'port.owner',
  'config.valid',
  'config.found',
  'auth.key_file',
  'tls.certificate',
  'tls.client_ca',
  'state.usable',
] as const
const causes = startNeeds.map(id => ({id}))
const start = 'only1mcp start'

/**
 * A runtime is alive and answers (the guide's "Process Status"). Which process that is rests on the record it wrote,
 * the start time of its pid and its control socket, never on a name.
 */
export const processRunning: Check<['runtime.record', 'control.snapshot', 'http.health', 'port.owner', 'logs.recent']> =
  {
    id: 'process.running',
    category: 'process',
    severity: 'fail',
    title: 'the runtime is running and answers',
    docs: 'no-runtime-is-running',
    after: [...startNeeds, 'process.descriptors'],
    needs: context => [
      'runtime.record',
      `control.snapshot:${context.socket ?? ''}`,
      healthOf(context),
      `port.owner:${context.server.port}`,
      `logs.recent:${context.logDir ?? ''}`,
    ],
    run([runtime, control, health, owner, logs], {server}) {
      if (runtime.state !== 'known') return [notSeen(runtime, '')]
      const sighting = mainSighting(runtime.value)
      const leftNothing = recordOf(sighting) === null && control.state !== 'known' && sighting?.read.state !== 'denied'
      if (leftNothing && health.state === 'known' && health.value.ours)
        return [elsewhere(sighting?.stateDir ?? '', formatHostPort(server), owner)]
      if (sighting === undefined)
        return [fail('', 'no runtime is running: there is no state folder', {causes, remedy: start, last: true})]
      return [afterFailedStart(stateOf(sighting, control, runtime.value), logs), ...others(sighting, runtime.value)]
    },
  }

function stateOf(sighting: RuntimeSighting, control: ControlFact, all: readonly RuntimeSighting[]): CheckResult {
  const {stateDir, read, process} = sighting
  const record = recordOf(sighting)
  if (control.state === 'known' && !isLiving(sighting)) return answersAnyway(sighting, control.value.snapshot?.pid)
  if (read.state === 'denied') {
    return skip(stateDir, `cannot tell whether a runtime is running: ${read.why}`, {
      remedy: asOwner,
    })
  }
  if (read.state === 'error') {
    return fail(stateDir, `no runtime is running as far as can be told: ${read.why}`, {
      evidence: sighting.socket === null ? [] : [`${sighting.socket} is there: ${whyNot(control)}`],
      causes,
      remedy: `move ${read.path} aside, then ${start}`,
    })
  }
  if (record === null || process === null) {
    const never = !all.some(({used}) => used)
    return fail(stateDir, `no runtime is running${never ? ': it was never started here' : ''}`, {
      // Without a record it has ended in good order, or never ran: that is known, what keeps it from serving well is news.
      last: true,
      evidence: [`no runtime.json in ${all.map(each => each.stateDir).join(', ')}`, ...leftoverSocket(sighting)],
      causes,
      remedy: start,
    })
  }
  if (process.state === 'hidden') {
    return skip(stateDir, `a process has the recorded pid ${process.pid}, but this user may not see which`, {
      evidence: [whyNot(control)],
      remedy: asOwner,
    })
  }
  if (process.state !== 'known' || !isLiving(sighting)) return gone(sighting, record, process)
  return living(stateDir, record, process, control)
}

/** Where nothing runs and the newest error is of a start, that is why, whatever the reason was. */
function afterFailedStart(result: CheckResult, logs: Fact<'logs.recent'>): CheckResult {
  const newest = logs.state === 'known' ? logs.value.errors?.newest[0] : undefined
  const why = newest?.kind === 'StartFailed' ? newest.pairs.error : undefined
  if (result.status !== 'fail' || result.remedy !== start || newest === undefined || why === undefined) return result
  return {
    ...result,
    summary: `no runtime is running: the last start failed: ${why}`,
    last: false,
    evidence: [`StartFailed at ${newest.at}`, ...result.evidence],
    remedy: `mend that, then ${start}; only1mcp explain StartFailed tells more`,
  }
}

/** It serves on our address: its state folder is another one, or was removed under it. */
function elsewhere(stateDir: string, address: string, owner: Fact<'port.owner'>): CheckResult {
  const port = Number(/\d+$/.exec(address)?.[0])
  const listeners = owner.state === 'known' ? owner.value.listeners : []
  const pid = listeners.find(each => each.port === port)?.process?.pid
  const which = pid === undefined ? 'a runtime' : `a runtime (pid ${pid})`
  const place = stateDir === '' ? 'any state folder that was looked at' : stateDir
  return fail(stateDir, `${which} serves on ${address}, but there is no record of it in ${place}`, {
    evidence: ['its state folder is another one, or was removed while it ran; it cannot be asked, stopped or reloaded'],
    remedy: `name its folder with ONLY1MCP_STATE_DIR; if that is gone, end it (${pid === undefined ? 'as its owner' : `kill ${pid}`}) and start it anew`,
  })
}

function living(
  stateDir: string,
  record: RuntimeRecord,
  process: Extract<SeenProcess, {state: 'known'}>,
  control: ControlFact,
): CheckResult {
  const who = `the runtime (pid ${record.pid}, version ${record.version})`
  const evidence = [`started ${record.startedAt}`, `command line: ${record.argv.join(' ')}`]
  if (control.state === 'known') return pass(stateDir, `${who} is running`, {evidence})
  if (control.state === 'denied') {
    return pass(stateDir, `${who} is running; its control socket is not for this user`, {evidence})
  }
  const stopped = process.processState === 'T' || process.processState === 't'
  const removed = control.state === 'absent' && !stopped
  const how = stopped ? ': it is stopped by a signal' : removed ? `: its control socket ${record.socket} is gone` : ''
  return fail(stateDir, `${who} is alive but does not answer${how}`, {
    evidence: [
      control.why,
      `process state ${process.processState} (${stateWords[process.processState] ?? 'unknown'})`,
      ...evidence,
    ],
    causes: [{id: 'process.descriptors'}, {id: 'state.usable'}],
    remedy: stopped
      ? `kill -CONT ${record.pid} lets it go on`
      : removed
        ? `it serves on, but cannot be asked: restart it when it suits (kill ${record.pid}, then start it as before)`
        : `look at the newest lines in ${record.logPath}; if it stays silent, end it with kill ${record.pid} and start it anew`,
  })
}

function gone(sighting: RuntimeSighting, record: RuntimeRecord, process: SeenProcess): CheckResult {
  const [what, proof] =
    process.state !== 'known'
      ? [`its pid ${record.pid} is gone`, []]
      : process.startTicks === record.startTicks
        ? [`its pid ${record.pid} is dead and not yet reaped by its parent`, []]
        : [
            `its pid ${record.pid} now belongs to another program, ${process.program}`,
            [`command line of pid ${record.pid}: ${process.argv.join(' ')}`],
          ]
  return fail(sighting.stateDir, `no runtime is running: it ended without removing its record, ${what}`, {
    evidence: [
      `${sighting.read.path} was written by pid ${record.pid}, started ${record.startedAt}`,
      ...proof,
      ...leftoverSocket(sighting),
      `its last words may be in ${record.logPath}`,
    ],
    causes,
    remedy: start,
  })
}

/** The control socket speaks although the record does not show a living process. */
function answersAnyway({stateDir, read, socket}: RuntimeSighting, pid: number | undefined): CheckResult {
  const who = pid === undefined ? 'a runtime' : `a runtime (pid ${pid})`
  if (read.state !== 'known') {
    return warn(stateDir, `${who} answers on ${socket}, but its record cannot be used: ${read.why}`, {
      remedy: 'restart the runtime when it suits: that writes the record anew',
    })
  }
  return pass(stateDir, `${who} answers on its control socket; its process is not to be seen from here`, {
    evidence: ['it may run in another container or pid namespace'],
  })
}

/** Runtimes and leftovers in the other state folders. */
function others(main: RuntimeSighting, all: readonly RuntimeSighting[]): CheckResult[] {
  return all.flatMap(sighting => {
    const record = recordOf(sighting)
    if (sighting === main || record === null) return []
    const subject = sighting.stateDir
    if (isLiving(sighting))
      return [info(subject, `another runtime is running (pid ${record.pid}, port ${record.port})`)]
    return [info(subject, `${sighting.read.path} is left over from pid ${record.pid}, which is gone`)]
  })
}

function leftoverSocket({socket}: RuntimeSighting): string[] {
  return socket === null ? [] : [`${socket} is left over: the next start removes it`]
}

function whyNot(control: ControlFact): string {
  return control.state === 'known' ? 'its control socket answers' : control.why
}

/** proc(5), third field of stat. */
const stateWords: Readonly<Record<string, string>> = {
  R: 'running',
  S: 'sleeping',
  D: 'waiting for a disk or a network file system',
  T: 'stopped by a signal',
  t: 'stopped by a debugger',
}
