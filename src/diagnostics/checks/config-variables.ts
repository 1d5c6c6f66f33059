import {type Check, fail, notSeen, pass} from '../check.ts'

/** Variables that the configuration uses say something (the guide's `echo $GITHUB_TOKEN`). */
export const configVariables: Check<['config.empty_variables']> = {
  id: 'config.variables',
  category: 'config',
  severity: 'fail',
  title: 'no variable of the configuration is empty',
  docs: 'variables-are-set-to-nothing',
  after: ['config.found'],
  needs: ({configPath}) => [`config.empty_variables:${configPath ?? ''}`],
  run([variables], {configPath}) {
    const path = configPath ?? ''
    if (variables.state !== 'known') return [notSeen(variables, path, {causes: [{id: 'config.found'}]})]
    const names = variables.value
    const [first] = names
    if (first === undefined) return [pass(path, 'no variable of the configuration is empty')]
    return [
      fail(names.join(', '), `variables are set to nothing: ${names.join(', ')}`, {
        evidence: [`${path} uses them; a variable that is not set at all would be an error of config.valid`],
        remedy: `set ${first} where the runtime is started, then restart it`,
      }),
    ]
  },
}
