import {bad, odd, ok, type Step, type StepSide, skipped} from './examination.ts'
import type {Looked} from './look-around.ts'
import type {ServerSeen} from './seen.ts'

/** The entry as the file has it, and as the runtime has taken it. */
export function configStep({id, entry, told}: ServerSeen): Step {
  const title = 'configuration'
  const proxied = 'why' in told ? skipped(told.why) : servedSide(told.value.status, told.value.target, told.value.since)
  if ('why' in entry) return {id: 'config', title, direct: skipped(entry.why), proxied, difference: null}
  const {file, line, enabled, transport, values, problems, inForce} = entry.value
  const name = file.slice(file.lastIndexOf('/') + 1)
  const make = transport === 'none' ? bad : problems.length > 0 || !enabled ? odd : ok
  const direct = make(`${transport}, ${enabled ? 'enabled' : 'disabled'}, ${name}:${line}`, {
    details: [
      `${file}:${line}`,
      ...problems,
      ...values
        .filter(isSet)
        .slice(0, 40)
        .map(each => `${each.path}: ${JSON.stringify(each.value)}`),
    ],
    data: {
      file,
      line,
      enabled,
      transport,
      values: Object.fromEntries(values.map(each => [each.path, each.value])),
      problems,
    },
  })
  const stale = inForce === false ? `the runtime has another version of ${name}: only1mcp reload` : null
  const missing =
    enabled && 'value' in told && told.value.status === 'disabled' ? `${id} is disabled in the runtime` : null
  return {id: 'config', title, direct, proxied, difference: stale ?? missing}
}

function servedSide(status: string, target: string, since: string): StepSide {
  const make = status === 'up' ? ok : ['disabled', 'starting', 'stopped'].includes(status) ? odd : bad
  return make(`${status} since ${since}`, {details: [target], data: {status, since, target}})
}

/** Variables that the entry needs, here and in the runtime. */
export function variablesStep({entry, told}: ServerSeen): Step {
  const title = 'variables of the entry'
  if ('why' in entry)
    return {id: 'variables', title, direct: skipped(entry.why), proxied: skipped(entry.why), difference: null}
  const {variables} = entry.value
  const names = (empty: readonly {readonly name: string}[]): string => empty.map(({name}) => name).join(', ')
  const none = ok('it needs none', {data: {needed: [], missing: []}})
  const here = variables.filter(({set}) => !set)
  const data = {needed: variables.map(({name}) => name), missing: here.map(({name}) => name)}
  const direct =
    variables.length === 0
      ? none
      : here.length > 0
        ? bad(`empty: ${names(here)}`, {data})
        : ok(`set: ${names(variables)}`, {data})
  const seen = variables.filter(({inRuntime}) => inRuntime !== null)
  const gone = seen.filter(({inRuntime}) => inRuntime === false)
  const proxied =
    'why' in told
      ? skipped(told.why)
      : variables.length === 0
        ? none
        : seen.length === 0
          ? skipped('the environment of the runtime is not for this user to see')
          : gone.length > 0
            ? bad(`empty in the runtime: ${names(gone)}`, {data: {missing: gone.map(({name}) => name)}})
            : ok(`set in the runtime: ${names(seen)}`, {data: {missing: []}})
  return {id: 'variables', title, direct, proxied, difference: null}
}

/** The handshake of our own, and the one of the runtime, which is told by it. */
export function handshakeStep({direct, proxied, told}: ServerSeen): Step {
  const title = 'handshake'
  const left = 'why' in direct ? skipped(direct.why) : openedSide(direct.value)
  const right = 'why' in proxied ? skipped(proxied.why) : throughSide(proxied.value, told)
  const notes: string[] = []
  if ('value' in direct && 'value' in told && direct.value.ok && told.value.era !== null) {
    const {protocolVersion, implementation} = direct.value
    if (protocolVersion !== told.value.protocolVersion)
      notes.push(`the runtime speaks ${told.value.protocolVersion} with it, we ${protocolVersion}`)
    if (implementation !== told.value.implementation)
      notes.push(`it is ${told.value.implementation} to the runtime, ${implementation} to us: restart the older one`)
  }
  if (
    'value' in proxied &&
    'value' in told &&
    proxied.value.ok &&
    told.value.era !== null &&
    told.value.era !== proxied.value.era
  )
    notes.push(`the proxy bridges: ${told.value.era} at the server, ${proxied.value.era} towards this client`)
  return {
    id: 'handshake',
    title,
    direct: left,
    proxied: right,
    difference: notes.length === 0 ? null : notes.join('; '),
  }
}

function openedSide(looked: Looked): StepSide {
  const {failure, step, era, protocolVersion, implementation, openMs, stderrTail} = looked
  const data = {era, protocolVersion, implementation, failure}
  if (failure === null || step === 'tools' || step === 'done')
    return ok(`${era} ${protocolVersion}, ${implementation ?? 'without a name'}`, {ms: openMs, data})
  return bad(failure.message, {
    ms: openMs,
    details: [
      failure.kind,
      ...(failure.evidence === null ? [] : [failure.evidence]),
      ...stderrTail.map(line => `stderr: ${line}`),
    ],
    data,
  })
}

function throughSide(looked: Looked, told: ServerSeen['told']): StepSide {
  if ('value' in told && told.value.status === 'disabled') return skipped('it is disabled')
  const side = openedSide(looked)
  if (refusesUs(looked))
    return {
      ...side,
      status: 'skip',
      summary: 'skipped: because the proxy wants a key: put it into a variable, --key-env NAME',
    }
  if (side.status !== 'ok' || 'why' in told) return side
  const {era, protocolVersion, implementation, status, lastError} = told.value
  const server =
    era === null ? `the server is ${status}` : `to the server: ${era} ${protocolVersion}, ${implementation}`
  const data = {...side.data, server: {era, protocolVersion, implementation, status}}
  if (status === 'up' || status === 'disabled' || status === 'starting')
    return {...side, summary: `${side.summary}; ${server}`, data, ...(status !== 'up' && {status: 'warn' as const})}
  return {...side, status: 'fail', summary: `${server}${lastError === null ? '' : `: ${lastError.message}`}`, data}
}

/** Without a key the proxy lets nobody in: that tells nothing of the server. */
export function refusesUs({failure}: Looked): boolean {
  if (failure === null) return false
  return failure.httpStatus === 401 || failure.httpStatus === 403 || (failure.evidence ?? '').includes('"code":-32003')
}

/** What the server says that it can, and what the proxy as a whole says. */
export function capabilitiesStep({direct, proxied}: ServerSeen): Step {
  const names = (looked: Looked): StepSide =>
    ok(looked.capabilities.join(', ') || 'none', {data: {capabilities: looked.capabilities}})
  const left = opened(direct) ?? ('value' in direct ? names(direct.value) : skipped('it was not opened'))
  const right = opened(proxied) ?? ('value' in proxied ? names(proxied.value) : skipped('it was not opened'))
  const lost =
    'value' in direct && 'value' in proxied && left.status === 'ok' && right.status === 'ok'
      ? direct.value.capabilities.filter(name => !proxied.value.capabilities.includes(name))
      : []
  const difference = lost.length === 0 ? null : `not offered through the proxy: ${lost.join(', ')}`
  return {id: 'capabilities', title: 'capabilities', direct: left, proxied: right, difference}
}

/** Why nothing more can be seen on this way; undefined where it is open. */
export function opened(sight: ServerSeen['direct']): StepSide | undefined {
  if ('why' in sight) return skipped(sight.why)
  if (sight.value.era !== null) return undefined
  return skipped(refusesUs(sight.value) ? 'the proxy wants a key' : 'the handshake failed')
}

/** An empty list or map says nothing. */
function isSet({value}: {readonly value: unknown}): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length > 0
}
