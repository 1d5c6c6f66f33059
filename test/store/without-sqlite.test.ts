import {cpSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {packageRoot} from '../helpers/package-root.ts'
import {runProgram} from '../helpers/program.ts'
import {tempDir} from '../helpers/temp-dir.ts'

it('where better-sqlite3 cannot be loaded a store says so once, loses what it is given, and ends well', async () => {
  const folder = tempDir()
  for (const room of ['store', 'shared']) cpSync(join(packageRoot, 'src', room), join(folder, room), {recursive: true})
  const script = `
    import {openBreakerStates} from './store/breaker-states.ts'
    const states = openBreakerStates('${folder}/circuit_breakers.db', message => console.log(message))
    console.log(JSON.stringify(await states.load()))
    states.save({serverId: 'a', state: 'open', openedAt: 1, failures: 1, until: 1})
    await states.close()
    console.log('closed')`
  const {code, stdout} = await runProgram(
    process.execPath,
    ['--no-warnings', '--input-type=module-typescript', '--eval', script],
    {cwd: folder},
  )
  const [warning, ...rest] = stdout.trim().split('\n')
  expect(warning).toMatch(/better-sqlite3 cannot be loaded: Cannot find package 'better-sqlite3'/)
  expect(rest).toEqual(['[]', 'closed'])
  expect(code).toBe(0)
})
