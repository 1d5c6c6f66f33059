import {readConfigFile} from '../../config/read-config-file.ts'
import type {Collector} from '../live-facts.ts'
import type {Place} from '../place.ts'
import {isLiving, recordOf} from '../sighting.ts'
import {readEnvironment} from './process-environment.ts'

/** Variables that the configuration uses and that are set to nothing. Their names only. */
export function configEmptyVariables(place: Place): Collector<'config.empty_variables'> {
  return {
    kind: 'config.empty_variables',
    timeoutMs: 2000,
    async collect(path, {facts}) {
      const file = path === '' ? undefined : readConfigFile(path)
      if (file === undefined || !file.ok) return {state: 'absent', why: 'there is no configuration file to be read'}
      const runtime = await facts.get('runtime.record')
      const user = runtime.state === 'known' ? runtime.value.filter(isLiving).map(recordOf)[0] : undefined
      const env = (user?.configPath === path ? readEnvironment(user.pid) : undefined) ?? place.env
      const text = file.text.replace(/(^|\s)#.*$/gm, '')
      const names = [...text.matchAll(/(?<!\$)\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)].map(([, name = '']) => name)
      return {state: 'known', value: [...new Set(names)].filter(name => env[name] === '')}
    },
  }
}
