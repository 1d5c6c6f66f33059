import {mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {generationsFolder, keepGeneration, readGenerations} from '../../src/config/generations.ts'
import {tempDir} from '../helpers/temp-dir.ts'

const made = {version: '1.0.0', since: '2026-01-02T03:04:05.000Z'}

test('a generation is the bytes as they were, for its owner alone', () => {
  const state = tempDir()
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the configuration
  const bytes = Buffer.from('\ufeffservers: [] # ${TOKEN}\r\n')
  const kept = keepGeneration(state, bytes, made)
  expect(kept).toMatchObject({n: 1, ...made})
  expect(readFileSync(kept?.path ?? '')).toEqual(bytes)
  const folder = generationsFolder(state)
  const own = join(folder, `1-${kept?.sha256.slice(0, 8)}`)
  expect(JSON.parse(readFileSync(join(own, 'meta.json'), 'utf8'))).toEqual({n: 1, sha256: kept?.sha256, ...made})
  expect([folder, own, join(own, 'meta.json'), kept?.path ?? ''].map(path => statSync(path).mode & 0o777)).toEqual([
    0o700, 0o700, 0o600, 0o600,
  ])
})

test('the same one twice in a row is one, and the last ten stay', () => {
  const state = tempDir()
  expect(keepGeneration(state, Buffer.from('a'), made)).toBeDefined()
  expect(keepGeneration(state, Buffer.from('a'), made)).toBeUndefined()
  for (let i = 2; i <= 14; i++) keepGeneration(state, Buffer.from(`b${i}`), made)
  const read = readGenerations(state)
  expect(read.state === 'known' && read.generations.map(({n}) => n)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
  expect(readdirSync(generationsFolder(state))).toHaveLength(10)
})

test('what is half, changed or foreign is no generation, and its number is not given again', () => {
  const state = tempDir()
  const kept = keepGeneration(state, Buffer.from('a'), made)
  writeFileSync(kept?.path ?? '', 'b')
  mkdirSync(join(generationsFolder(state), '7-0123abcd'))
  mkdirSync(join(generationsFolder(state), '.9-0123abcd.1.tmp'))
  writeFileSync(join(generationsFolder(state), 'notes'), '')
  expect(readGenerations(state)).toEqual({state: 'known', generations: []})
  expect(keepGeneration(state, Buffer.from('c'), made)?.n).toBe(8)
  expect(readdirSync(generationsFolder(state)).sort()).not.toContain('.9-0123abcd.1.tmp')
})
