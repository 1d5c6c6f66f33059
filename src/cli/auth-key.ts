import {hashApiKey, newApiKey} from '../auth/api-keys.ts'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {printJson, printLine, printNote} from './output.ts'
import {readSecret} from './read-secret.ts'

export interface KeyRequest {
  readonly id: string
  readonly roles: readonly string[]
  /** The key comes from stdin. */
  readonly own: boolean
  readonly json: boolean
}

/** A hash that is fast is enough only for what nobody can guess. */
const shortestOwn = 32

/** Makes a key, or takes one, and shows what to do with it. @throws AppError `BAD_KEY`, `NO_SECRET` */
export async function printNewKey({id, roles, own, json}: KeyRequest): Promise<void> {
  if (!/^[\w.@:-]{1,64}$/.test(id)) throw badKey('--id holds letters, digits, "_", "-", ".", ":" and "@", at most 64')
  for (const role of roles)
    if (!/^[\w.:-]{1,64}$/.test(role)) throw badKey('a role holds letters, digits, "_", "-", "." and ":"')
  const key = own ? await readSecret('the key') : newApiKey()
  if (own && (key.length < shortestOwn || !/^[\x21-\x7e]{1,512}$/.test(key)))
    throw badKey(`a key of your own has ${shortestOwn} to 512 visible ASCII characters: openssl rand -hex 32 makes one`)
  const hash = hashApiKey(key)
  if (json) return printJson({id, roles, hash, ...(!own && {key})})
  if (!own) {
    printLine(key)
    printLine()
    printNote('This key is shown once and stored nowhere: hand it to whoever calls the proxy.')
    printNote('The lines are for the configuration, which holds only its hash.')
  }
  const yaml = ['auth:', '  api_keys:', `    - id: ${JSON.stringify(id)}`, `      hash: "${hash}"`]
  if (roles.length > 0) yaml.push(`      roles: [${roles.map(role => JSON.stringify(role)).join(', ')}]`)
  for (const line of yaml) printLine(line)
}

function badKey(message: string): AppError {
  return new AppError('BAD_KEY', message, {exitCode: exitCode.usage})
}
