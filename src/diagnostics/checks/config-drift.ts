import {type Check, notSeen, pass, warn} from '../check.ts'
import {afterRuntime, snapshotOf, untold} from './told-by-runtime.ts'

/** The runtime works with what the file says now. */
export const configDrift: Check<['config.file', 'control.snapshot']> = {
  id: 'config.drift',
  category: 'config',
  severity: 'warn',
  title: 'the runtime uses the configuration as it stands in the file',
  docs: 'the-file-was-changed-since-the-runtime-read-it',
  after: ['config.found', ...afterRuntime],
  needs: ({configPath, socket}) => [`config.file:${configPath ?? ''}`, `control.snapshot:${socket ?? ''}`],
  run([file, control]) {
    const snapshot = snapshotOf(control)
    if (snapshot === null) return [untold('the configuration at work')]
    if (file.state !== 'known') return [notSeen(file, '', {causes: [{id: 'config.found'}]})]
    const {path, sha256} = file.value
    if (sha256 === null || snapshot.config.path !== path)
      return [pass(path, `the runtime uses ${snapshot.config.path ?? 'no file'}`)]
    if (sha256 === snapshot.config.sha256) return [pass(path, 'the runtime uses the file as it is')]
    return [
      warn(path, 'the file was changed since the runtime read it', {
        evidence: [`file ${sha256.slice(0, 12)}, runtime ${snapshot.config.sha256.slice(0, 12)} (SHA-256)`],
        remedy: `only1mcp validate ${path}, then only1mcp reload`,
      }),
    ]
  },
}
