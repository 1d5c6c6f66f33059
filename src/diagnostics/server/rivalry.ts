import type {Finding} from '../runner.ts'
import type {Step} from './examination.ts'
import type {ServerSeen} from './seen.ts'

/** Warnings of a file with a thousand servers are not about this one; its own stand in the step `config`. */
export function aboutOthers({id, status}: Finding): boolean {
  return id === 'config.valid' && status === 'warn'
}

const ofDirectWay = ['servers.handshake', 'servers.credentials']

/**
 * A program that runs well under the runtime and fails when it is started once more shares a file or a port with itself:
 * that is worth a warning, and no failure of the server.
 */
export function withoutRivalry(
  seen: ServerSeen,
  steps: readonly Step[],
  findings: readonly Finding[],
): {readonly steps: readonly Step[]; readonly findings: readonly Finding[]} {
  const {told, direct, outline, entry} = seen
  const failed = 'value' in direct && direct.value.failure !== null
  const served = 'value' in told && told.value.status === 'up'
  const changed = 'value' in entry && entry.value.inForce === false
  if (!failed || !served || changed || outline?.transport !== 'stdio') return {steps, findings}
  return {
    steps: steps.map(step =>
      step.direct.status === 'fail' ? {...step, direct: {...step.direct, status: 'warn'}} : step,
    ),
    findings: findings.map(finding =>
      ofDirectWay.includes(finding.id) && finding.status === 'fail'
        ? {
            ...finding,
            status: 'warn' as const,
            summary: `${seen.id} works under the runtime; a second process of it, started to ask it directly, does not: ${direct.value.failure?.message}`,
            remedy: `it may share a file or a port with itself: only1mcp doctor server ${seen.id} --no-direct`,
          }
        : finding,
    ),
  }
}
