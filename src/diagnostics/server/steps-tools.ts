import type {OfferedEntry} from '../../control/contract/lists.ts'
import {bytesPerToken} from '../checks/tools-context.ts'
import {toolFault} from '../collect/tool-fault.ts'
import {odd, ok, type Step, type StepSide, skipped} from './examination.ts'
import type {Looked} from './look-around.ts'
import type {ServerSeen, Sight} from './seen.ts'
import {notListed, ownOnProxy, some} from './steps-lists.ts'
import {opened} from './steps-open.ts'

/** One thing of a list on both ways: its name at the server, and the one that clients see. */
interface Pair {
  readonly key: string
  readonly direct: unknown
  readonly proxied: unknown
  readonly told: OfferedEntry | undefined
}

/** Schemas, names and cost of the tools, on both ways. */
export function toolSteps(seen: ServerSeen): readonly Step[] {
  const pairs = pairsOf(seen)
  const [left, right] = [closedFor(seen.direct), closedFor(seen.proxied) ?? notListed(seen)]
  const direct = pairs.filter(pair => pair.direct !== undefined)
  const proxied = pairs.filter(pair => pair.proxied !== undefined)
  const none = (pair: Pair): string => pair.told?.exposed ?? pair.key
  const schemas = (all: readonly Pair[], of: (pair: Pair) => unknown): StepSide => {
    const faulty = all.flatMap(pair => {
      const fault = toolFault(of(pair))
      return fault === null ? [] : [`${pair.key}: ${fault}`]
    })
    const data = {valid: all.length - faulty.length, faults: faulty}
    if (faulty.length === 0) return ok(`${all.length} of ${all.length} valid`, {data})
    return odd(`${faulty.length} of ${all.length} not valid: ${faulty[0]}`, {details: faulty.slice(1, 50), data})
  }
  const names = (all: readonly string[]): StepSide => {
    const illegal = all.filter(name => !/^[A-Za-z0-9_./-]{1,128}$/.test(name))
    const long = all.filter(name => name.length > 64 && !illegal.includes(name))
    const longest = Math.max(0, ...all.map(name => name.length))
    const data = {longest, illegal, over64: long}
    if (illegal.length > 0) return odd(`${illegal.length} illegal: ${some(illegal)}`, {data})
    if (long.length > 0) return odd(`${long.length} over 64 characters: ${some(long)}`, {data})
    return ok(`legal, ${longest} characters at most`, {data})
  }
  const context = (all: readonly {name: string; definition: unknown}[]): StepSide => {
    const costs = all
      .map(({name, definition}) => ({
        name,
        tokens: Math.ceil(Buffer.byteLength(JSON.stringify(definition) ?? '') / bytesPerToken),
      }))
      .sort((a, b) => b.tokens - a.tokens)
    const tokens = costs.reduce((sum, each) => sum + each.tokens, 0)
    return ok(`about ${tokens} tokens`, {
      details: costs.slice(0, 20).map(each => `${each.name}: about ${each.tokens} tokens`),
      data: {tokens, tools: Object.fromEntries(costs.map(each => [each.name, each.tokens]))},
    })
  }
  const leftContext = left ?? context(direct.map(pair => ({name: pair.key, definition: pair.direct})))
  const rightContext = right ?? context(proxied.map(pair => ({name: none(pair), definition: pair.proxied})))
  const added = Number(rightContext.data.tokens) - Number(leftContext.data.tokens)
  return [
    {
      id: 'schemas',
      title: 'schemas of tools',
      direct: left ?? schemas(direct, pair => pair.direct),
      proxied: right ?? schemas(proxied, pair => pair.proxied),
      difference: null,
    },
    {
      id: 'names',
      title: 'names of tools',
      direct: left ?? names(direct.map(({key}) => key)),
      proxied: right ?? names(proxied.map(none)),
      difference: null,
    },
    {
      id: 'context',
      title: 'cost of context',
      direct: leftContext,
      proxied: rightContext,
      difference:
        Number.isFinite(added) && added !== 0 ? `${added > 0 ? '+' : ''}${added} tokens through the proxy` : null,
    },
  ]
}

function closedFor(sight: Sight<Looked>): StepSide | undefined {
  const closed = opened(sight)
  if (closed !== undefined) return closed
  return 'value' in sight && sight.value.lists.tools === null ? skipped('it offers no tools') : undefined
}

function pairsOf(seen: ServerSeen): Pair[] {
  const told = new Map('value' in seen.lists ? seen.lists.value.tools.map(each => [each.key, each]) : [])
  const direct = 'value' in seen.direct ? (seen.direct.value.lists.tools?.entries ?? []) : []
  const found = ownOnProxy(seen, 'tools')
  const own = new Set('names' in found ? found.names : [])
  const through = ('list' in found ? found.list.entries : []).filter(({key}) => own.has(key))
  const byExposed = new Map(through.map(each => [each.key, each.definition]))
  const here = direct.map(({key, definition}): Pair => {
    const entry = told.get(key)
    return {key, direct: definition, proxied: byExposed.get(entry?.exposed ?? ''), told: entry}
  })
  const known = new Set(here.flatMap(({told: entry}) => entry?.exposed ?? []))
  const origin = new Map([...told.values()].map(entry => [entry.exposed ?? '', entry]))
  const rest = through
    .filter(({key}) => !known.has(key))
    .map(({key, definition}): Pair => ({key, direct: undefined, proxied: definition, told: origin.get(key)}))
  return [...here, ...rest]
}
