// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a configuration file
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {Ajv} from 'ajv'
import {Ajv2020} from 'ajv/dist/2020.js'
import {describe, expect, test} from 'vitest'
import {parse} from 'yaml'
import {configJsonSchema, type Draft} from '../../src/config/json-schema.ts'
import {parseConfig} from '../../src/config/load.ts'
import {templates} from '../../src/config/templates/catalogue.ts'
import {packageRoot} from '../helpers/package-root.ts'

/** As `ajv validate` makes them, strict mode included: an unknown keyword would throw. */
const validators = {
  '2020-12': new Ajv2020({allErrors: true}).compile(configJsonSchema('2020-12')),
  '7': new Ajv({allErrors: true}).compile(configJsonSchema('7')),
} as const

const examples = readdirSync(join(packageRoot, 'examples')).map(
  name => [name, readFileSync(join(packageRoot, 'examples', name), 'utf8')] as const,
)

describe.each(Object.keys(validators) as Draft[])('the JSON Schema of draft %s', draft => {
  const validate = validators[draft]
  const errors = (value: unknown): unknown => (validate(value) ? [] : validate.errors)

  test.each([...Object.entries(templates), ...examples])('takes %s', (_, text) => {
    expect(errors(parse(text))).toEqual([])
  })

  test.each([
    {'x-notes': [1, {a: 2}], $schema: './only1mcp.schema.json'},
    {server: {port: '${PORT:-8080}', request_timeout: 500, shutdown_timeout: '10s', max_body_size: '4MiB'}},
    {server: null, servers: null},
    {servers: [{id: '${ID}', command: 'run', enabled: '${ON:-true}', transport: '${T:-stdio}'}]},
    {version: '1.0'},
    {version: 1},
  ])('takes %j, as validate does', value => {
    expect(errors(value)).toEqual([])
    const {problems} = parseConfig(JSON.stringify(value), 'c.json', {env: {ID: 'a', PORT: '1'}})
    expect(problems.filter(({severity}) => severity === 'error')).toEqual([])
  })

  test.each([
    {server: {prot: 1}},
    {server: {port: '80'}},
    {server: {port: 70_000}},
    {servers: [{command: 'run'}]},
    {servers: [{id: 'a', transport: 'htpp'}]},
    {servers: [{id: 'a', endpoint: 'ftp://a'}]},
    {cache: {enabled: 'yes'}},
    {notes: 1},
    [],
  ])('refuses %j, as validate does', value => {
    expect(errors(value)).not.toEqual([])
    expect(parseConfig(JSON.stringify(value), 'c.json', {env: {}}).ok).toBe(false)
  })

  test('marks secrets, and has descriptions and defaults', () => {
    const text = JSON.stringify(configJsonSchema(draft))
    expect(text).toContain(`"session_key":{"description":"signs session ids`)
    expect(text).toMatch(/"session_key":\{[^}]*"writeOnly":true/)
    expect(text).toContain('"default":8080')
    expect(text).not.toMatch(/"secret"|"unit"|9007199254740991/)
  })
})
