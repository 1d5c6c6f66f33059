import {type ExitCode, exitCode} from '../../shared/exit-code.ts'
import {foldConsequences, isBad} from '../root-causes.ts'
import type {Finding} from '../runner.ts'
import {verdictOf} from '../verdict.ts'
import type {Step} from './examination.ts'
import type {ServerSeen} from './seen.ts'

export interface Judged {
  readonly verdict: string
  readonly exitCode: ExitCode
}

/** The line for a tired person: what is wrong at the root and what to do, or that nothing is, on which ways. */
export function judge(seen: ServerSeen, steps: readonly Step[], findings: readonly Finding[]): Judged {
  const {id} = seen
  if (findings.some(isBad))
    return {verdict: about(id, verdictOf(foldConsequences(findings))), exitCode: exitCode.findings}
  const broken = steps.flatMap(({title, direct, proxied}) => [
    ...(direct.status === 'fail' ? [`${title}, asked directly: ${direct.summary}`] : []),
    ...(proxied.status === 'fail' ? [`${title}, through the proxy: ${proxied.summary}`] : []),
  ])
  const [first] = broken
  if (first !== undefined) {
    const more = broken.length === 1 ? '' : ` (and ${broken.length - 1} more)`
    return {verdict: `${id}: ${first}${more}. To do: only1mcp health check ${id}`, exitCode: exitCode.findings}
  }
  const handshake = steps.find(step => step.id === 'handshake')
  const [direct, proxied] = [handshake?.direct, handshake?.proxied]
  if (direct?.status === 'skip' && proxied?.status === 'skip') {
    const why = `${direct.summary.replace('skipped: because ', '')}; ${proxied.summary.replace('skipped: because ', '')}`
    // What the runtime tells of it is something.
    const told = 'value' in seen.told
    if (!told) return {verdict: `${id}: nothing could be seen: ${why}`, exitCode: exitCode.unable}
    return {
      verdict: `${id}: the runtime says ${seen.told.value.status}; it was not asked itself (${why})`,
      exitCode: exitCode.ok,
    }
  }
  const unseen =
    proxied?.status === 'skip'
      ? `; through the proxy nothing was asked: ${proxied.summary.replace('skipped: because ', '')}`
      : direct?.status === 'skip'
        ? `; directly nothing was asked: ${direct.summary.replace('skipped: because ', '')}`
        : ''
  const lost = steps.find(step => step.proxied.status === 'warn' && step.difference !== null)
  const warning = findings.find(({status}) => status === 'warn')
  if (warning !== undefined || lost !== undefined) {
    const count = findings.filter(({status}) => status === 'warn').length + (lost === undefined ? 0 : 1)
    const text = warning?.summary ?? `${lost?.title}: ${lost?.difference}`
    return {
      verdict: about(id, `no failure, ${count} warning${count === 1 ? '' : 's'}: ${text}${unseen}`),
      exitCode: exitCode.ok,
    }
  }
  const problem = 'value' in seen.entry ? seen.entry.value.problems[0] : undefined
  if (problem !== undefined)
    return {verdict: `${id}: no failure, 1 warning: its configuration, ${problem}${unseen}`, exitCode: exitCode.ok}
  const added = steps.find(step => step.id === 'latency')?.difference
  return {verdict: `${id}: no problem found${added ? `; ${added}` : ''}${unseen}`, exitCode: exitCode.ok}
}

/** Most findings name the server already. */
function about(id: string, text: string): string {
  return text.includes(id) ? text : `${id}: ${text}`
}
