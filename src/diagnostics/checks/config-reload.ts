import {type Check, fail, pass, warn} from '../check.ts'
import {afterRuntime, snapshotOf, untold} from './told-by-runtime.ts'

const shown = 5

/** The newest change of the file was taken by the running runtime. */
export const configReload: Check<['control.snapshot']> = {
  id: 'config.reload',
  category: 'config',
  severity: 'fail',
  title: 'the newest reload was taken, whole',
  docs: 'the-last-reload-was-refused',
  after: [...afterRuntime, 'config.valid'],
  needs: ({socket}) => [`control.snapshot:${socket ?? ''}`],
  run([control]) {
    const snapshot = snapshotOf(control)
    if (snapshot === null) return [untold('reloads')]
    const {path, lastReload, needsRestart = [], reloads} = snapshot.config
    const subject = path ?? ''
    if (lastReload && !lastReload.ok) {
      const problems = lastReload.problems.map(({line, column, message}) => `${line}:${column}: ${message}`)
      return [
        fail(subject, `the last reload was refused: ${lastReload.message}`, {
          evidence: [
            `at ${lastReload.at}, by ${lastReload.trigger}; the one before is in force`,
            ...problems.slice(0, shown),
          ],
          causes: [{id: 'config.valid'}],
          remedy: `only1mcp validate ${subject}, then only1mcp reload`,
        }),
      ]
    }
    if (needsRestart.length > 0) {
      return [
        warn(subject, `settings wait for a restart: ${needsRestart.join(', ')}`, {
          remedy: 'only1mcp stop, then start it as before, when it suits',
        }),
      ]
    }
    return [pass(subject, `${reloads?.taken ?? 0} reloads were taken, ${reloads?.refused ?? 0} refused`)]
  },
}
