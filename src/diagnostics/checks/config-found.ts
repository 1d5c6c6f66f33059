import {type Check, fail, notSeen, pass, skip} from '../check.ts'
import {isLiving, mainSighting} from '../sighting.ts'

/** There is a configuration file, and this user may read it (the guide's "Configuration file not found"). */
export const configFound: Check<['config.found', 'config.parsed', 'runtime.record']> = {
  id: 'config.found',
  category: 'config',
  severity: 'fail',
  title: 'there is a configuration file',
  docs: 'configuration-file-not-found',
  after: [],
  needs: ({configPath}) => ['config.found', `config.parsed:${configPath ?? ''}`, 'runtime.record'],
  run([found, parsed, runtime]) {
    const sighting = runtime.state === 'known' ? mainSighting(runtime.value) : undefined
    const unseenRuntime = sighting?.read.state === 'denied' || sighting?.process?.state === 'hidden'
    if (found.state === 'absent') {
      if (unseenRuntime)
        return [skip('', 'which configuration the runtime uses could not be seen', {evidence: [found.why]})]
      return [
        fail(placeOf(found.why), `configuration file not found: ${found.why}`, {
          remedy: 'name it with --config or ONLY1MCP_CONFIG, or make one: only1mcp config generate > config.yaml',
        }),
      ]
    }
    if (found.state !== 'known') return [notSeen(found, '')]

    const {path, how} = found.value
    const fault = parsed.state === 'known' ? fileFault(parsed.value.problems) : undefined
    if (fault === undefined) return [pass(path, `configuration file ${path} (${how})`)]
    if (fault.code === 'file.missing') {
      return [
        fail(path, `configuration file not found: ${path}`, {
          evidence: [`it was named by: ${how}`],
          remedy: 'correct the name, or make one: only1mcp config generate > config.yaml',
        }),
      ]
    }
    const remedy = fault.suggestion ?? 'let this user read it'
    const evidence = [fault.message]
    if (unseenRuntime || (sighting !== undefined && isLiving(sighting))) {
      return [skip(path, `configuration file ${path} is not for this user to read`, {evidence, remedy})]
    }
    return [fail(path, `configuration file cannot be read: ${path}`, {evidence, remedy})]
  },
}

/** The one file that was named; nothing where discovery looked in several places. */
function placeOf(why: string): string {
  const places = why.replace(/^looked for /, '').split(', ')
  return places.length === 1 ? (places[0] ?? '') : ''
}

/** The problem that kept the file from being read at all. */
export function fileFault<P extends {readonly code: string}>(problems: readonly P[]): P | undefined {
  return problems.find(({code}) => code === 'file.missing' || code === 'file.unreadable')
}
