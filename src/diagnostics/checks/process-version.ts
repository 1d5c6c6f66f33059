import {type Check, notSeen, pass, warn} from '../check.ts'
import {afterRuntime, snapshotOf, untold} from './told-by-runtime.ts'

/** The runtime is of the version that is installed. */
export const processVersion: Check<['install.self', 'control.snapshot', 'process.details']> = {
  id: 'process.version',
  category: 'process',
  severity: 'warn',
  title: 'the runtime is of the version of this program',
  docs: 'the-runtime-is-of-another-version',
  after: [...afterRuntime],
  needs: ({socket, pid}) => ['install.self', `control.snapshot:${socket ?? ''}`, `process.details:${pid ?? ''}`],
  run([install, control, details]) {
    const snapshot = snapshotOf(control)
    if (install.state !== 'known') return [notSeen(install, '')]
    if (snapshot === null) return [untold('the version of the runtime')]
    const {version} = install.value
    const remedy = 'restart it when it suits: only1mcp stop, then start it as before'
    if (snapshot.version !== version) {
      return [
        warn('', `the runtime is of another version: ${snapshot.version}, this program is ${version}`, {
          evidence: ['it goes on with the old one until it is started anew'],
          remedy,
        }),
      ]
    }
    if (details.state === 'known' && details.value.programReplaced) {
      return [
        warn('', `the runtime is of another version: its program files were replaced or removed since it started`, {
          evidence: ['what it has not loaded yet is not there for it any more'],
          remedy,
        }),
      ]
    }
    return [pass('', `runtime and program are version ${version}`)]
  },
}
