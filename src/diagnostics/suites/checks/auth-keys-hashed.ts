import {type Check, fail, notSeen, pass, skip} from '../../check.ts'

/** What the configuration's own check says of a key that is no hash. */
const code = 'auth.hash_format'

/** API keys stand in the configuration as hashes: a copy of the file lets nobody in. */
export const authKeysHashed: Check<['config.parsed']> = {
  id: 'auth.keys_hashed',
  category: 'auth',
  severity: 'fail',
  title: 'API keys are kept as hashes',
  docs: 'an-api-key-is-not-kept-as-a-hash',
  after: ['config.valid'],
  needs: ({configPath}) => [`config.parsed:${configPath ?? ''}`],
  run([parsed], {configPath, outline}) {
    if (parsed.state !== 'known') return [notSeen(parsed, configPath ?? '', {causes: [{id: 'config.valid'}]})]
    const bad = parsed.value.problems.filter(problem => problem.code === code)
    const [first] = bad
    if (first !== undefined)
      return [
        fail(parsed.value.path, `an API key is not kept as a hash: ${bad.map(({path}) => path).join(', ')}`, {
          evidence: bad.map(({file, line, message}) => `${file}:${line}: ${message}`),
          remedy: 'only1mcp auth keygen --id NAME prints a new key once, and its hash for the file',
        }),
      ]
    if (outline?.authMethods.includes('api_keys') !== true) return [skip('', 'no API keys are in use')]
    return [pass(parsed.value.path, 'every API key is kept as a hash')]
  },
}
