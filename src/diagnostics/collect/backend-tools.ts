import type {BackendConfig} from '../../config/schema.ts'
import type {OfferedEntry} from '../../control/contract/lists.ts'
import {AppError} from '../../shared/errors.ts'
import {matchesAnyGlob} from '../../shared/star-glob.ts'
import type {FactSource} from '../fact.ts'
import type {OfferedTool, ToolSight, ToolsSight} from '../facts/backends.ts'
import type {Collector} from '../live-facts.ts'
import {isLiving, recordOf} from '../sighting.ts'
import type {ConfigReader} from './shared-config.ts'
import {toolFault} from './tool-fault.ts'

/**
 * The tools of a server: those that the running runtime has of it, with the names that clients see; where there is no
 * runtime, or it has not got them, those of our own probe. Nothing is started for it beside the runtime.
 */
export function backendTools(read: ConfigReader): Collector<'backend.tools'> {
  return {
    kind: 'backend.tools',
    timeoutMs: 9500,
    atOnce: 16,
    async collect(id, {facts, signal}) {
      const told = await fromRuntime(id, facts, signal)
      if (typeof told === 'object') return {state: 'known', value: told}
      const probe = await facts.get(`backend.probe:${id}`)
      if (probe.state !== 'known') return {state: probe.state, why: told ?? probe.why}
      if (!probe.value.ok) return {state: 'absent', why: `${id} did not list its tools`}
      const found = await facts.get('config.found')
      const shared = found.state === 'known' ? await read(found.value.path, facts) : undefined
      const config = shared?.loaded.ok ? shared.loaded.config.servers.find(server => server.id === id) : undefined
      return {
        state: 'known',
        value: sightOf(
          'probe',
          probe.value.tools.map(tool => offeredBy(config, tool)),
        ),
      }
    },
  }
}

/** Why not, in words; undefined where there is no runtime. */
async function fromRuntime(
  id: string,
  facts: FactSource,
  signal: AbortSignal,
): Promise<ToolsSight | string | undefined> {
  const runtime = await facts.get('runtime.record')
  const record = runtime.state === 'known' ? runtime.value.filter(isLiving).map(recordOf)[0] : undefined
  if (!record) return undefined
  const {ControlClient} = await import('../../control/client.ts')
  try {
    const lists = await new ControlClient(record.socket).lists(id, signal)
    if (!lists.known) return `the runtime has not got the tools of ${id} yet`
    return sightOf('runtime', lists.tools.map(toolOf))
  } catch (error) {
    if (error instanceof AppError) return `the runtime does not tell the tools of ${id}: ${error.message}`
    throw error
  }
}

export function sightOf(from: ToolsSight['from'], tools: readonly OfferedTool[]): ToolsSight {
  const offered = tools.filter(({hidden}) => hidden === null)
  return {from, tools, toolBytes: offered.reduce((sum, {bytes}) => sum + bytes, 0)}
}

export function toolOf({key, definition = '', wanted, exposed, takenBy, hidden}: OfferedEntry): OfferedTool {
  const longer = Math.max(0, Buffer.byteLength(exposed ?? key) - Buffer.byteLength(key))
  const bytes = Buffer.byteLength(definition) + longer
  return {name: key.slice(0, 200), bytes, fault: faultOf(definition), wanted, exposed, takenBy, hidden}
}

function faultOf(definition: string): string | null {
  try {
    return toolFault(JSON.parse(definition))
  } catch {
    return 'it is no JSON'
  }
}

/** As the runtime would name it, as far as the configuration alone can tell. */
export function offeredBy(config: BackendConfig | undefined, tool: ToolSight): OfferedTool {
  const {tools, prefix = config?.group ?? config?.id ?? ''} = config ?? {}
  const allowed = tools?.allow === undefined || matchesAnyGlob(tools.allow, tool.name)
  if (!allowed || matchesAnyGlob(tools?.deny ?? [], tool.name))
    return {...tool, wanted: null, exposed: null, takenBy: null, hidden: 'rule'}
  const offered = new Map(Object.entries(tools?.rename ?? {})).get(tool.name) ?? tool.name
  const name = prefix === '' ? offered : `${prefix}__${offered}`
  const usable = /^[A-Za-z0-9_./-]{1,128}$/.test(name)
  return {...tool, wanted: name, exposed: usable ? name : null, takenBy: null, hidden: usable ? null : 'name'}
}
