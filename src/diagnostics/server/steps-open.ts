import type {Fact} from '../fact.ts'
import type {FactKind} from '../fact-values.ts'
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

/** The program, or name, connection and TLS: what has to work before a word is said. */
export function waySteps(seen: ServerSeen): readonly Step[] {
  const {way, told, process, outline} = seen
  if (outline?.transport === 'stdio') {
    const {command} = way
    const direct =
      command === null
        ? skipped('no program is named')
        : command.state !== 'known'
          ? skipped(command.why)
          : command.value.fault !== null
            ? bad(command.value.fault, {data: {file: command.value.file}})
            : ok(`${command.value.file}`, {data: {file: command.value.file}})
    const running =
      'value' in process
        ? ok(`pid ${process.value.pid}, for ${seconds(process.value.uptimeMs)}`, {data: {pid: process.value.pid}})
        : 'why' in told
          ? skipped(told.why)
          : told.value.status === 'disabled'
            ? skipped('it is disabled')
            : bad(process.why)
    const beside = 'value' in process && 'value' in seen.direct
    const second = beside
      ? 'a second process was started for the direct way, and ended again; --no-direct leaves that out'
      : null
    return [{id: 'spawn', title: 'program', direct, proxied: running, difference: second}]
  }
  if (outline === null || outline.host === null) return []
  const {dns, dial, tls, proxyDial} = way
  const nameSide =
    dns &&
    sideOf(dns, value =>
      value.code === null
        ? ok(value.addresses.slice(0, 4).join(', '), {ms: value.ms, data: {addresses: value.addresses}})
        : bad(value.code, {ms: value.ms}),
    )
  const dialSide = (fact: Fact<'tcp.dial'>) =>
    sideOf(fact, value =>
      value.open
        ? ok(`open, ${fact.key.slice('tcp.dial:'.length)}`, {ms: value.ms})
        : bad(`${value.code}, ${fact.key.slice('tcp.dial:'.length)}`, {ms: value.ms, data: {code: value.code}}),
    )
  const notOurs = skipped('the runtime resolves and connects by itself; its handshake tells')
  const steps: Step[] = [
    {id: 'dns', title: 'name', direct: nameSide ?? skipped('there is no name'), proxied: notOurs, difference: null},
    {
      id: 'connect',
      title: 'connection',
      direct: after(nameSide, 'the name does not resolve') ?? (dial ? dialSide(dial) : skipped('there is no address')),
      proxied: 'why' in proxyDial ? skipped(proxyDial.why) : dialSide(proxyDial.value),
      difference: null,
    },
  ]
  if (!outline.secure) return steps
  const before = steps[1]?.direct
  const tlsSide = tls
    ? sideOf(tls, value =>
        value.refusal === null
          ? ok(`${value.protocol}, ${value.subject ?? 'no name'}, ${value.daysLeft} days left`, {
              ms: value.ms,
              details: [`issuer: ${value.issuer}`, `names: ${value.names}`, `until: ${value.notAfter}`],
              data: {protocol: value.protocol, notAfter: value.notAfter},
            })
          : bad(value.refusal, {ms: value.ms}),
      )
    : skipped('there is no address')
  return [
    ...steps,
    {
      id: 'tls',
      title: 'TLS',
      direct: after(before ?? null, 'there is no connection') ?? tlsSide,
      proxied: notOurs,
      difference: null,
    },
  ]
}

/** A step whose predecessor failed was not worth a try. */
function after(side: StepSide | null, why: string): StepSide | undefined {
  return side?.status === 'fail' || side?.status === 'skip' ? skipped(why) : undefined
}

function sideOf<K extends FactKind>(
  fact: Fact<K>,
  known: (value: Extract<Fact<K>, {state: 'known'}>['value']) => StepSide,
): StepSide {
  if (fact.state === 'known') return known(fact.value)
  return fact.state === 'timeout' ? bad(fact.why) : skipped(fact.why)
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

function seconds(ms: number): string {
  const s = Math.round(ms / 1000)
  return s < 120 ? `${s} s` : s < 7200 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3600)} h`
}

/** An empty list or map says nothing. */
function isSet({value}: {readonly value: unknown}): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length > 0
}
