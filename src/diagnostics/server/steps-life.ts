import {formatBytes} from '../../shared/bytes.ts'
import {formatDuration} from '../../shared/duration.ts'
import {bad, odd, ok, type Step, type StepSide, skipped} from './examination.ts'
import {type Looked, median} from './look-around.ts'
import type {ServerSeen, Sight} from './seen.ts'
import {opened} from './steps-open.ts'

const slowFirstMs = 2000

/** How long until the first answer: the start of a program or the connection, and the handshake. */
export function firstByteStep({direct, proxied}: ServerSeen): Step {
  const side = (sight: Sight<Looked>): StepSide => {
    const closed = opened(sight)
    if (closed !== undefined || 'why' in sight) return closed ?? skipped('it was not opened')
    const {openMs} = sight.value
    return (openMs > slowFirstMs ? odd : ok)(`after ${formatDuration(openMs)}`, {ms: openMs})
  }
  return {id: 'first_byte', title: 'first answer', direct: side(direct), proxied: side(proxied), difference: null}
}

/**
 * The round trip of a message that does nothing. A ping of a client is answered by the proxy itself, so that the way
 * through it is the sum of two: to the proxy, and from the runtime to the server by its own probe.
 */
export function latencyStep({direct, proxied, probes}: ServerSeen): Step {
  const left = pingSide(direct)
  const right = pingSide(proxied)
  const toServer = 'value' in probes ? median(probes.value.ms) : null
  const fault = 'value' in probes ? probes.value.fault : null
  const own = left.ms
  const through = right.ms !== null && toServer !== null ? round(right.ms + toServer) : null
  const more = {ms: through, details: 'value' in probes ? [`the runtime's probes: ${all(probes.value.ms)}`] : []}
  const data = {toProxyMs: right.ms, toServerMs: toServer}
  const whole =
    right.status === 'skip'
      ? right
      : 'why' in probes
        ? skipped(probes.why)
        : fault !== null
          ? bad(`the runtime's probe: ${fault}`, {...more, data})
          : ok(`median ${through} ms: ${right.ms} to the proxy, ${round(toServer ?? 0)} from there`, {...more, data})
  const difference = own === null || through === null ? null : added(through - own)
  return {id: 'latency', title: 'round trip', direct: left, proxied: whole, difference}
}

function pingSide(sight: Sight<Looked>): StepSide {
  const closed = opened(sight)
  if (closed !== undefined || 'why' in sight) return closed ?? skipped('it was not opened')
  const {pings, pingFault} = sight.value
  const middle = median(pings)
  const more = {ms: middle === null ? null : round(middle), details: [all(pings)], data: {rounds: pings.map(round)}}
  if (pingFault !== null) return bad(`after ${pings.length}: ${pingFault}`, more)
  return ok(`median ${more.ms} ms of ${pings.length}`, more)
}

/** Calls of the tool that the operator named, end to end. */
export function callStep({direct, proxied}: ServerSeen): Step | null {
  const side = (sight: Sight<Looked>): StepSide => {
    const closed = opened(sight)
    if (closed !== undefined || 'why' in sight) return closed ?? skipped('it was not opened')
    const {calls} = sight.value
    if (calls === null) return skipped('the tool is not offered on this way')
    const middle = median(calls.ms)
    const more = {
      ms: middle === null ? null : round(middle),
      details: [all(calls.ms)],
      data: {name: calls.name, rounds: calls.ms.map(round)},
    }
    return calls.fault === null
      ? ok(`${calls.name}: median ${more.ms} ms`, more)
      : bad(`${calls.name}: ${calls.fault}`, more)
  }
  const called = [direct, proxied].some(sight => 'value' in sight && sight.value.calls !== null)
  if (!called) return null
  const [left, right] = [side(direct), side(proxied)]
  const difference = left.ms === null || right.ms === null ? null : added(right.ms - left.ms)
  return {id: 'call', title: 'call of a tool', direct: left, proxied: right, difference}
}

/** What the program wrote last. */
export function stderrStep({direct, told, outline}: ServerSeen): Step | null {
  const transport = outline?.transport ?? ('value' in told ? told.value.transport : 'none')
  if (transport !== 'stdio') return null
  const side = (lines: readonly string[]): StepSide =>
    ok(lines.at(-1) ?? 'nothing', {details: lines.slice(-10), data: {lines}})
  return {
    id: 'stderr',
    title: 'last of stderr',
    direct: 'why' in direct ? skipped(direct.why) : side(direct.value.stderrTail),
    proxied: 'why' in told ? skipped(told.why) : side(told.value.stderrTail),
    difference: null,
  }
}

/** What the runtime alone can tell: direct has no part in these. */
export function runtimeSteps(seen: ServerSeen): readonly Step[] {
  const alone = skipped('only the runtime has it')
  const step = (id: string, title: string, proxied: StepSide): Step => ({
    id,
    title,
    direct: alone,
    proxied,
    difference: null,
  })
  return [
    step('process', 'process', processSide(seen)),
    step('restarts', 'restarts', restartsSide(seen)),
    step('breaker', 'circuit breaker', breakerSide(seen)),
    step('calls', 'calls so far', callsSide(seen)),
    step('errors', 'errors in the logs', errorsSide(seen)),
    step('history', 'health history', historySide(seen)),
  ]
}

function processSide({process}: ServerSeen): StepSide {
  if ('why' in process) return skipped(process.why)
  const {pid, rssBytes, descriptors, descriptorLimit, children, user, zombies, threads} = process.value
  const fds = descriptors === null ? '' : `, ${descriptors} descriptors`
  const full = descriptors !== null && descriptorLimit !== null && descriptors > 0.9 * descriptorLimit
  const make = full || zombies.length > 0 ? odd : ok
  return make(`pid ${pid}, ${formatBytes(rssBytes)}${fds}, ${children} child${children === 1 ? '' : 'ren'}`, {
    details: [`user ${user}, ${threads} threads, limit of descriptors ${descriptorLimit}, zombies ${zombies.length}`],
    data: {pid, rssBytes, descriptors, descriptorLimit, children, threads, zombies: zombies.length},
  })
}

function restartsSide({told}: ServerSeen): StepSide {
  if ('why' in told) return skipped(told.why)
  const {restarts, lastError, nextStartAt, status} = told.value
  const make = status === 'crash_loop' ? bad : restarts > 0 ? odd : ok
  const last = lastError === null ? '' : `; last: ${lastError.message} (${lastError.at})`
  return make(`${restarts}${last}`, {data: {restarts, lastError, nextStartAt}})
}

function breakerSide({told, keptBreaker}: ServerSeen): StepSide {
  if ('value' in told && told.value.breaker !== undefined) {
    const {state, failures, retryAt, transitions} = told.value.breaker
    const make = state === 'closed' ? ok : bad
    const again = retryAt === null ? '' : `, tried again at ${retryAt}`
    return make(`${state}, ${failures} failures in a row${again}`, {data: {state, failures, retryAt, transitions}})
  }
  if ('why' in keptBreaker) return skipped('why' in told ? told.why : keptBreaker.why)
  const {state, failures} = keptBreaker.value
  return (state === 'closed' ? ok : odd)(`${state} when the runtime ended, ${failures} failures`, {
    data: {state, failures},
  })
}

function callsSide({told}: ServerSeen): StepSide {
  if ('why' in told) return skipped(told.why)
  const {requests, errors, inFlight, queued = 0} = told.value
  const make = errors > 0 && errors * 10 > requests ? odd : ok
  return make(`${requests}, ${errors} failed, ${inFlight} in flight, ${queued} waiting`, {
    data: {requests, errors, inFlight, queued},
  })
}

function errorsSide({errors}: ServerSeen): StepSide {
  if ('why' in errors) return skipped(errors.why)
  const [newest] = errors.value
  if (newest === undefined) return ok('none', {data: {lines: []}})
  const lines = errors.value.map(({at, level, kind, message, requestId, pairs}) => ({
    at,
    level,
    kind,
    message,
    requestId,
    pairs,
  }))
  return odd(`${newest.kind} at ${newest.at}`, {
    details: lines.map(({at, level, kind, message, pairs}) => `${at} ${level} ${kind} ${message}${wordsOf(pairs)}`),
    data: {lines},
  })
}

function historySide({history}: ServerSeen): StepSide {
  if ('why' in history) return skipped(history.why)
  const {checks, failures, lastFailure, spanMs} = history.value
  const last =
    lastFailure === null ? '' : `; last ${lastFailure.at}${lastFailure.error === null ? '' : ` (${lastFailure.error})`}`
  const make = failures > 0 ? odd : ok
  return make(`${checks} looks in ${formatDuration(spanMs)}, ${failures} bad${last}`, {
    data: {checks, failures, lastFailure},
  })
}

function all(ms: readonly number[]): string {
  return ms.length === 0 ? 'no round' : `${ms.map(round).join(', ')} ms`
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100
}

function wordsOf(pairs: Readonly<Record<string, string>>): string {
  const {server_id: _, error, ...others} = pairs
  const rest = Object.entries(others).map(([key, value]) => ` ${key}=${value}`)
  return `${error === undefined ? '' : `: ${error}`}${rest.join('')}`
}

function added(ms: number): string {
  return ms < 0.01 ? 'the proxy adds less than can be measured' : `the proxy adds ${round(ms)} ms (median)`
}
