import {keySpan} from './locate.ts'
import {valueAt} from './matches.ts'
import type {Finding} from './problem.ts'
import type {YamlSource} from './yaml-source.ts'

/** `openssl rand -hex 32` makes 64 characters; what is shorter than this can be guessed. */
const shortestKey = 32

/** Instances that share state but not the key of their sessions would each refuse what another one opened. */
export function sharedLint(value: unknown, source: YamlSource): Finding[] {
  const findings: Finding[] = []
  const key = valueAt(value, ['server', 'session_key'])
  const sharedRedis = valueAt(value, ['shared', 'redis'])
  if (sharedRedis !== undefined && sharedRedis !== null && (key === undefined || key === null))
    findings.push({
      severity: 'error',
      code: 'server.no_session_key',
      message: 'shared.redis needs server.session_key: instances take over sessions that were signed with one key',
      path: ['shared', 'redis'],
      at: keySpan(source, ['shared', 'redis']),
      suggestion: 'add server.session_key, the same on all instances: openssl rand -hex 32',
    })
  for (const name of ['session_key', 'previous_session_key']) {
    const path = ['server', name]
    const text = valueAt(value, path)
    if (typeof text !== 'string' || text.length >= shortestKey) continue
    findings.push({
      severity: 'warning',
      code: 'server.weak_session_key',
      message: `server.${name} has fewer than ${shortestKey} characters: whoever guesses it can make session ids`,
      path,
      at: keySpan(source, path),
      suggestion: 'use one of openssl rand -hex 32',
    })
  }
  return findings
}
