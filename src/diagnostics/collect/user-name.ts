import {readFileSync} from 'node:fs'

/** The login name of a user id by /etc/passwd, else `uid 1234`: names of a directory service are not looked up. */
export function userName(uid: number): string {
  try {
    for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
      const [name, , id] = line.split(':')
      if (name && id === String(uid)) return name
    }
  } catch {
    // no such file: the number has to do
  }
  return `uid ${uid}`
}
