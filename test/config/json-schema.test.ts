import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {Ajv} from 'ajv'
import {Ajv2020} from 'ajv/dist/2020.js'
import {describe, expect, test} from 'vitest'
import {parse} from 'yaml'
import {configJsonSchema} from '../../src/config/json-schema.ts'
import {parseConfig} from '../../src/config/load.ts'
import {configTemplate, templateNames} from '../../src/config/templates.ts'
import {packageRoot} from '../helpers/package-root.ts'

const validators = {
  '2020-12': new Ajv2020({strict: true, allErrors: true}).compile(configJsonSchema('2020-12')),
  '7': new Ajv({strict: true, allErrors: true}).compile(configJsonSchema('7')),
}
const drafts = ['2020-12', '7'] as const
const examples = readdirSync(join(packageRoot, 'examples'))

/** A valid value for every variable of the templates. */
const env = {
  HOME: '/home/op',
  SEARCH_TOKEN: 't0ken-for-search',
  DEV_KEY_HASH: `sha256:${'a'.repeat(64)}`,
  CI_KEY_HASH: `sha256:${'b'.repeat(64)}`,
  SESSION_KEY: 'c'.repeat(64),
  REDIS_URL: 'redis://localhost:6379',
  DATABASE_URL: 'postgres://op@localhost/mcp',
  CATALOG_TOKEN: 't0ken-for-catalog',
}

function accepts(draft: (typeof drafts)[number], text: string): unknown {
  const validate = validators[draft]
  return validate(parse(text)) ? [] : validate.errors
}

describe.each(drafts)('the JSON Schema of draft %s', draft => {
  test.each(examples)('takes the example %s', name => {
    expect(accepts(draft, readFileSync(join(packageRoot, 'examples', name), 'utf8'))).toEqual([])
  })

  test.each(templateNames)('takes the template %s', name => {
    expect(accepts(draft, configTemplate(name))).toEqual([])
  })

  test.each([
    ['a variable for a number', `server: {port: "$\{PORT:-8080}"}`],
    ['a variable for a choice', `cache: {backend: "$\{B}"}`],
    ['a duration as a number and as text', 'server: {request_timeout: 500, list_timeout: 2s}'],
    ['a key of the operator', 'x-note: {any: [thing]}'],
    ['a section that is commented out', 'servers:\npaths:\n'],
  ])('takes %s', (_, text) => {
    expect(accepts(draft, text)).toEqual([])
    expect(parseConfig(text, 'c.yaml', {env: {PORT: '1', B: 'redis'}}).ok).toBe(true)
  })

  test.each([
    ['an unknown key', 'server: {prot: 1}'],
    ['an unknown section', 'sever: {}'],
    ['text for a port', 'server: {port: many}'],
    ['a port that is none', 'server: {port: 70000}'],
    ['an unknown choice', 'proxy: {load_balancer: {algorithm: fastest}}'],
    ['a server without an id', 'servers: [{command: run}]'],
    ['an endpoint that is no URL', 'servers: [{id: a, endpoint: example.com}]'],
  ])('refuses %s, as the loader does', (_, text) => {
    expect(accepts(draft, text)).not.toEqual([])
    expect(parseConfig(text, 'c.yaml', {env: {}}).ok).toBe(false)
  })

  test('tells an editor what keys mean and what they are without being written', () => {
    const {properties} = configJsonSchema(draft) as {properties: {server: {properties: Record<string, object>}}}
    expect(properties.server.properties.request_timeout).toMatchObject({
      description: 'deadline of a client request when the server names none',
      default: '1m',
    })
    expect(properties.server.properties.session_key).not.toHaveProperty('secret')
  })
})

describe('a template', () => {
  test.each(templateNames)('%s is valid under --strict where its variables are set', name => {
    const {ok, problems} = parseConfig(configTemplate(name), 'c.yaml', {env, strict: true, forStart: true})
    expect(problems.filter(({code}) => code !== 'setting.inactive')).toEqual([])
    expect(ok).toBe(true)
  })

  test.each(templateNames)('%s tells editors where its schema is', name => {
    expect(configTemplate(name).split('\n')[0]).toBe('# yaml-language-server: $schema=./only1mcp.schema.json')
  })

  test.each(templateNames)('%s fits a terminal of 120 columns', name => {
    expect(
      Math.max(
        ...configTemplate(name)
          .split('\n')
          .map(line => line.length),
      ),
    ).toBeLessThanOrEqual(120)
  })
})
