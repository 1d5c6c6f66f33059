import type {ServerSnapshot} from '../control/contract/server.ts'
import type {Redactor} from '../redaction/redactor.ts'
import {shortText} from '../shared/short-text.ts'

const longestLine = 1024

/** A server's state as it may leave the process: what the server itself wrote is short, and holds no known secret. */
export function shownServer(server: ServerSnapshot, redactor: Redactor): ServerSnapshot {
  const shown = (text: string): string => shortText(redactor.text(text), longestLine)
  return {
    ...server,
    implementation: server.implementation === null ? null : shortText(shown(server.implementation), 200),
    lastError: server.lastError === null ? null : {...server.lastError, message: shown(server.lastError.message)},
    stderrTail: server.stderrTail.map(shown),
    ...(server.stdoutGarbage !== undefined && {
      stdoutGarbage: {...server.stdoutGarbage, last: shown(server.stdoutGarbage.last)},
    }),
    ...(server.probe !== undefined && {
      probe: {...server.probe, error: server.probe.error === null ? null : shown(server.probe.error)},
    }),
  }
}
