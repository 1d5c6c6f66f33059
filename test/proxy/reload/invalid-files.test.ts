import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {ControlClient} from '../../../src/control/client.ts'
import {startInProcess} from '../../helpers/in-process-runtime.ts'
import {tempDir} from '../../helpers/temp-dir.ts'
import {mutants, validText} from './mutants.ts'

it('of more than a hundred files with a fault none is taken, each is told of once with its place, and requests go on', async () => {
  const configPath = join(tempDir(), 'config.yaml')
  const text = validText.replace('proxy:\n', 'proxy:\n  hot_reload: {enabled: false}\n')
  writeFileSync(configPath, text)
  const {runtime, url, logDir} = await startInProcess(configPath)
  const all = mutants()
  expect(all.length).toBeGreaterThan(100)
  expect(new Set(all.map(each => each.text)).size).toBe(all.length)
  const taken: string[] = []
  const placeless: string[] = []
  const told: string[] = []
  for (const {how, text: spoiled} of all) {
    writeFileSync(configPath, spoiled)
    const report = await runtime.reload()
    // Asked for once more it is no news.
    await runtime.reload()
    if (report?.ok !== false || report.changed) taken.push(how)
    const [first] = report?.problems ?? []
    const {line = 0, column = 0} = first ?? {}
    if (line < 1 || column < 1 || first?.file !== configPath) placeless.push(how)
    const news = `${configPath}:${line}:${column} ${first?.message}`
    if (news !== told.at(-1)) told.push(news)
    expect((await fetch(`${url}/health`)).status).toBeLessThan(504)
  }
  expect(taken).toEqual([])
  expect(placeless).toEqual([])
  const {config, servers} = await new ControlClient(runtime.record.socket).snapshot()
  expect(config).toMatchObject({generation: 1, reloads: {taken: 0, refused: all.length * 2}})
  expect(servers.map(({id}) => id)).toEqual(['one', 'two'])
  writeFileSync(configPath, text.replace('weight: 2', 'weight: 3'))
  expect(await runtime.reload()).toMatchObject({ok: true, changed: true, servers: {adjusted: ['one']}})
  await runtime.stop('all files were tried')
  const lines = readFileSync(join(logDir, 'error.log'), 'utf8').split('\n')
  const warned = lines.filter(line => line.includes(' ConfigInvalid '))
  expect(warned).toHaveLength(told.length)
  expect(warned.every(line => /at=\S*config\.yaml:\d+:\d+ error=/.test(line))).toBe(true)
}, 30_000)
