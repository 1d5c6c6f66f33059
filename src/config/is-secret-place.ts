import {secretArguments, secretsInUrl} from '../redaction/telling-names.ts'
import {valueAt} from './matches.ts'
import type {KeyPath} from './schema-walk.ts'
import {secretMarks} from './secret-marks.ts'

/** Whether the value at a place must not be shown: by the schema's marks, or as an argument that follows a telling flag. */
export function isSecretPlace(path: KeyPath, config: unknown): boolean {
  const marked = secretMarks().some(
    mark => mark.length <= path.length && mark.every((key, index) => key === '*' || key === String(path[index])),
  )
  if (marked) return true
  const value = valueAt(config, path)
  if (typeof value !== 'string') return false
  if (path[0] === 'servers' && path[2] === 'args') {
    const args = valueAt(config, path.slice(0, 3))
    const texts = Array.isArray(args) ? args.filter(each => typeof each === 'string') : []
    return secretArguments(texts).some(secret => value === secret || value.endsWith(`=${secret}`))
  }
  return secretsInUrl(value).length > 0
}
