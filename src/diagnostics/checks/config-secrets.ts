import {type Check, notSeen, pass, warn} from '../check.ts'

/** Secrets come from variables and do not stand in the file, where backups and version control take them along. */
export const configSecrets: Check<['config.plain_secrets']> = {
  id: 'config.secrets',
  category: 'config',
  severity: 'warn',
  title: 'the configuration holds no secret in plain text',
  docs: 'secrets-stand-in-the-configuration',
  after: ['config.found', 'config.valid'],
  needs: ({configPath}) => [`config.plain_secrets:${configPath ?? ''}`],
  run([secrets], {configPath}) {
    const path = configPath ?? ''
    if (secrets.state !== 'known')
      return [notSeen(secrets, path, {causes: [{id: 'config.valid'}, {id: 'config.found'}]})]
    const {length} = secrets.value
    if (length === 0) return [pass(path, 'no secret stands in the configuration itself')]
    return [
      warn(path, `${length === 1 ? 'one secret stands' : `${length} secrets stand`} in the configuration itself`, {
        evidence: secrets.value,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the operator writes it like that
        remedy: 'write ${NAME} in its place and set the variable where the runtime is started; then change the secret',
      }),
    ]
  },
}
