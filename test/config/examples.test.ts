import {existsSync, readdirSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, test} from 'vitest'
import {loadConfig, parseConfig} from '../../src/config/load.ts'
import {basicTemplate} from '../../src/config/templates/basic.ts'

const folder = fileURLToPath(new URL('../../examples', import.meta.url))
const env = {ONLY1MCP_QUICKSTART_DIR: '/tmp/quickstart'}

describe('an example', () => {
  test.each(readdirSync(folder))('%s is valid and all of it has effect', name => {
    const loaded = loadConfig(join(folder, name), {env, strict: true, forStart: true})
    expect(loaded.problems).toEqual([])
  })

  test('of the quick start runs four programs that are there', () => {
    const loaded = loadConfig(join(folder, 'quickstart.yaml'), {env})
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
    expect(loaded.config.servers.map(({id}) => id)).toEqual([
      'everything',
      'memory',
      'filesystem',
      'sequential-thinking',
    ])
    for (const {cwd, args} of loaded.config.servers) expect(existsSync(resolve(cwd ?? '', args[0] ?? ''))).toBe(true)
    expect(loaded.config.servers[1]?.env).toEqual({MEMORY_FILE_PATH: '/tmp/quickstart/memory.jsonl'})
    expect(loaded.config.servers[2]?.args[1]).toBe('/tmp/quickstart/files')
  })
})

describe('the configuration to start from', () => {
  test('is valid as it is, strict too', () => {
    expect(parseConfig(basicTemplate, 'c.yaml', {env: {}, strict: true, forStart: true}).problems).toEqual([])
  })

  test('is valid with every example taken in', () => {
    const text = basicTemplate.replace(/^( *)# (?=- id| {2}\w| {4}\w|paths:| {2}state:| {2}logs:)/gm, '$1')
    const loaded = parseConfig(text, 'c.yaml', {env: {GITHUB_TOKEN: 't'}, strict: true})
    expect(loaded.problems).toEqual([])
    expect(loaded.ok && loaded.config.servers.map(({id}) => id)).toEqual(['files', 'github'])
    expect(loaded.ok && loaded.config.paths.state).toBe('/var/lib/only1mcp')
  })
})
