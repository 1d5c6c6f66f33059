import {type Check, notSeen, pass, warn} from '../check.ts'

/** Nobody but its owner and group may read the configuration while it holds secrets. */
export const configPermissions: Check<['config.file', 'config.plain_secrets']> = {
  id: 'config.permissions',
  category: 'config',
  severity: 'warn',
  title: 'a configuration with secrets is not readable by everybody',
  docs: 'the-configuration-is-readable-by-everybody',
  after: ['config.found', 'config.valid'],
  needs: ({configPath}) => [`config.file:${configPath ?? ''}`, `config.plain_secrets:${configPath ?? ''}`],
  run([file, secrets]) {
    const causes = [{id: 'config.found'}]
    if (file.state !== 'known') return [notSeen(file, '', {causes})]
    const {path, mode, owner, ownedByUs} = file.value
    const shown = (mode & 0o777).toString(8).padStart(4, '0')
    const open = (mode & 0o004) !== 0
    if (!open) return [pass(path, `the configuration is for its owner ${owner} (mode ${shown})`)]
    if (secrets.state !== 'known' || secrets.value.length === 0)
      return [pass(path, `the configuration is readable by everybody (mode ${shown}), and holds no secret`)]
    return [
      warn(path, `the configuration is readable by everybody (mode ${shown}) and holds secrets`, {
        evidence: secrets.value,
        remedy: `chmod 640 ${path}`,
        fix: ownedByUs ? {kind: 'mode', path, mode: mode & ~0o007} : undefined,
      }),
    ]
  },
}
