import {createHash} from 'node:crypto'

/** As lower case hex. */
export function sha256Of(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
