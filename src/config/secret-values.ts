import {secretArguments, secretsInUrl, tellsSecret} from '../redaction/telling-names.ts'
import {matches, valueAt} from './matches.ts'
import {pathKey, type Tree} from './read-tree.ts'
import {secretMarks} from './secret-marks.ts'

/**
 * What must never leave the process: every text at a place marked secret, and the values of the variables in it on their
 * own (`Bearer ${TOKEN}` also hides the bare token). Variables with a telling name count wherever they are used, and so do
 * arguments of commands and parameters of endpoints that have one.
 */
export function secretValues({value, expanded}: Tree): string[] {
  const secrets = new Set<string>()
  for (const mark of secretMarks())
    for (const path of matches(value, mark.join('.'))) {
      const found = valueAt(value, path)
      if (typeof found === 'string') secrets.add(found)
      for (const used of expanded.get(pathKey(path))?.used ?? []) secrets.add(used.value)
    }
  for (const {used} of expanded.values())
    for (const {name, value: text} of used) if (tellsSecret(name)) secrets.add(text)
  for (const path of matches(value, 'servers.*.args')) {
    const args = valueAt(value, path)
    if (Array.isArray(args))
      for (const text of secretArguments(args.filter(each => typeof each === 'string'))) secrets.add(text)
  }
  for (const path of matches(value, 'servers.*.endpoint')) {
    const endpoint = valueAt(value, path)
    if (typeof endpoint === 'string') for (const text of secretsInUrl(endpoint)) secrets.add(text)
  }
  secrets.delete('')
  return [...secrets]
}
