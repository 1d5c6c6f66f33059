import type {Redactor} from '../redaction/redactor.ts'
import {secretArguments, tellsSecret} from '../redaction/telling-names.ts'
import type {BackendConfig} from './schema.ts'

/** What a server runs or connects to, for people: no user info, no known secret. */
export function targetText(config: BackendConfig, redactor: Redactor): string {
  if (config.command !== undefined) {
    const secret = new Set(secretArguments(config.args))
    const shown = config.args.map(argument => {
      const value = [...secret].find(each => argument === each || argument.endsWith(`=${each}`))
      return value === undefined ? argument : `${argument.slice(0, -value.length)}***`
    })
    return redactor.text([config.command, ...shown].join(' '))
  }
  if (config.endpoint === undefined) return '(no transport)'
  const url = new URL(config.endpoint)
  url.username = ''
  url.password = ''
  url.hash = ''
  for (const name of new Set(url.searchParams.keys())) if (tellsSecret(name)) url.searchParams.set(name, '***')
  return redactor.text(url.href)
}
