import {readFileSync} from 'node:fs'

/** The variables a process was started with. It holds secrets: nothing of it goes into a fact. */
export function readEnvironment(pid: number): Readonly<Record<string, string>> | undefined {
  try {
    const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
    return Object.fromEntries(
      entries.flatMap(entry => {
        const equals = entry.indexOf('=')
        return equals > 0 ? [[entry.slice(0, equals), entry.slice(equals + 1)]] : []
      }),
    )
  } catch {
    return undefined // gone, or another user's: the caller takes its own variables
  }
}
