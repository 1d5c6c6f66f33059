import {homedir, hostname} from 'node:os'
import {collectorsFor} from '../collect/collectors.ts'
import {configReader} from '../collect/shared-config.ts'
import {resolveContext} from '../context.ts'
import {liveFacts} from '../live-facts.ts'
import {foldConsequences} from '../root-causes.ts'
import {collectServer, type ServerRequest} from './collect-server.ts'
import type {ServerExamination} from './examination.ts'
import {aboutOthers, withoutRivalry} from './rivalry.ts'
import {serverFindings} from './server-findings.ts'
import {judge} from './server-verdict.ts'
import {stepsOf} from './steps.ts'

export interface ExamineOptions extends ServerRequest {
  readonly cwd: string
  readonly configFlag: string | undefined
}

/**
 * Everything about one server, directly and through the running proxy, side by side.
 * @throws AppError `UNKNOWN_SERVER`, `CONFIG_INVALID`
 */
export async function examineServer(options: ExamineOptions): Promise<ServerExamination> {
  const started = performance.now()
  const {configFlag, env, cwd, id} = options
  const place = {configFlag, env, cwd, home: env.HOME || homedir()}
  const facts = liveFacts({collectors: collectorsFor(place), host: hostname(), signal: options.signal})
  const [context, collected] = await Promise.all([
    resolveContext(facts, {whole: true}),
    collectServer(facts, configReader(place), options),
  ])
  const {seen} = collected
  const found = await serverFindings(collected, facts, context)
  const {steps, findings} = withoutRivalry(
    seen,
    stepsOf(seen),
    found.filter(each => !aboutOthers(each)),
  )
  const told = 'value' in seen.told ? seen.told.value : undefined
  const entry = 'value' in seen.entry ? seen.entry.value : undefined
  const ordered = foldConsequences(findings).flatMap(({root, consequences}) => [root, ...consequences])
  return {
    server: {
      id,
      transport: entry?.transport ?? told?.transport ?? 'none',
      enabled: entry?.enabled ?? null,
      status: told?.status ?? null,
      place: entry ? `${entry.file}:${entry.line}` : null,
    },
    ...judge(seen, steps, findings),
    steps,
    findings: ordered.filter(({status}) => status !== 'pass' && status !== 'skip' && status !== 'info'),
    ms: Math.round(performance.now() - started),
  }
}
