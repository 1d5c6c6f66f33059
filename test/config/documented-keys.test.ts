import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {packageRoot} from '../helpers/package-root.ts'
import {schemaKeys} from './documented-keys.ts'

const page = readFileSync(join(packageRoot, 'docs/configuration.md'), 'utf8')
const lines = page.split('\n')

test.each(schemaKeys())('docs/configuration.md has a line for $key, with its default', ({key, fallback}) => {
  const line = lines.find(each => each.startsWith(`| \`${key}\` |`))
  expect(line).toBeDefined()
  if (fallback !== '') expect(line).toContain(`| ${fallback} |`)
})

test('docs/configuration.md tells of no key that is not there', () => {
  const known = new Set(schemaKeys().map(({key}) => key))
  const told = lines.flatMap(line => /^\| `([a-z$][^`]*)` \|/.exec(line)?.[1] ?? [])
  expect(told.filter(key => !known.has(key))).toEqual([])
})
