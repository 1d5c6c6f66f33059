import {readFileSync} from 'node:fs'

/** @returns the name from /etc/passwd, else the number */
export function userName(uid: number): string {
  try {
    for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
      const fields = line.split(':')
      if (Number(fields[2]) === uid && fields[0] !== '') return fields[0] ?? String(uid)
    }
  } catch {
    // a container without the file
  }
  return String(uid)
}
