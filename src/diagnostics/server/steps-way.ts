import type {Fact} from '../fact.ts'
import type {FactKind} from '../fact-values.ts'
import {bad, ok, type Step, type StepSide, skipped} from './examination.ts'
import type {ServerSeen} from './seen.ts'

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

function seconds(ms: number): string {
  const s = Math.round(ms / 1000)
  return s < 120 ? `${s} s` : s < 7200 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3600)} h`
}
