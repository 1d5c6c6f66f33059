/**
 * The load of the soak, a process of its own: `node resilience-load.mjs '<json>'` with
 *   {url, seconds, rate?, connections, prefix, targets: [{server, share, deadlineMs, healthy}]}
 * Calls as a client of 2026-07-28, each with a nonce that has to come back. With `rate` calls begin at fixed times and
 * their latency counts from there; without, each connection sends its next call when it has its answer. A line
 * `disconnect N` on stdin closes the connections of N calls in flight, whose outcome is then nobody's. Prints one JSON object.
 */
import {Agent, request as httpRequest} from 'node:http'
import {createInterface} from 'node:readline'
import {LatencyHistogram, percentile} from '../../src/shared/latency-buckets.ts'

const {url, seconds, rate, connections, prefix, targets} = JSON.parse(process.argv[2])
/** A server in trouble must not make the load generator the bottleneck. */
const maxInFlight = 400
const lateMs = 1000

const agent = new Agent({keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, noDelay: true})
const {hostname, port, pathname} = new URL(url)
const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': {name: 'soak', version: '1'},
  'io.modelcontextprotocol/clientCapabilities': {},
}
const counts = targets.map(target => ({
  ...target,
  calls: 0,
  answered: 0,
  errors: 0,
  wrong: 0,
  late: 0,
  skipped: 0,
  disconnected: 0,
  why: {},
  wrongExamples: [],
  lateExamples: [],
  latency: new LatencyHistogram(),
}))
/** Of all healthy servers together. */
const healthyLatency = new LatencyHistogram()
/** When healthy servers took more than a second, and how late our own timers ran then: a stall of the machine is no fault. */
const slowSeconds = new Map()
let ownLagMs = 0
let tickAt = performance.now()
setInterval(() => {
  const now = performance.now()
  ownLagMs = Math.max(ownLagMs, now - tickAt - 20)
  tickAt = now
}, 20).unref()
const flying = new Set()
let nextNonce = 0

function call(target, dueMs, onEnd) {
  const nonce = `${prefix}-${nextNonce++}`
  const name = `${target.server}__work`
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: nonce,
    method: 'tools/call',
    params: {name, arguments: {nonce}, _meta: meta},
  })
  const sentMs = performance.now()
  const one = {target, dropped: false, request: undefined}
  let ended = false
  const finish = (outcome, why) => {
    if (ended) return
    ended = true
    flying.delete(one)
    const now = performance.now()
    if (one.dropped) target.disconnected++
    else {
      target[outcome]++
      if (why !== undefined) target.why[why] = (target.why[why] ?? 0) + 1
      target.latency.record(now - dueMs)
      if (target.healthy) {
        healthyLatency.record(now - dueMs)
        if (now - sentMs > 1000) {
          const second = Math.floor((now - began) / 1000)
          slowSeconds.set(second, Math.max(slowSeconds.get(second) ?? 0, Math.round(now - sentMs)))
        }
      }
      if (now - sentMs > target.deadlineMs + lateMs) {
        target.late++
        if (target.lateExamples.length < 5)
          target.lateExamples.push(`${Math.round(now - sentMs)} ms: ${why ?? outcome}`)
      }
    }
    onEnd()
  }
  target.calls++
  flying.add(one)
  one.request = httpRequest(
    {
      agent,
      host: hostname,
      port,
      path: pathname,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'content-length': Buffer.byteLength(body),
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': name,
      },
    },
    response => {
      const chunks = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('error', error => finish('errors', error.code ?? error.message))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const [outcome, why] = verdict(text, nonce, response.statusCode)
        if (outcome === 'wrong' && target.wrongExamples.length < 5)
          target.wrongExamples.push(`${nonce}: HTTP ${response.statusCode} ${text.slice(0, 300)}`)
        finish(outcome, why)
      })
    },
  )
  one.request.on('error', error => finish('errors', error.code ?? error.message))
  one.request.end(body)
}

/** An answer with the nonce of its own call is right, padded or not; an error that says so is an error. */
function verdict(text, nonce, status) {
  const json = text.startsWith('{')
    ? text
    : text
        .split('\n')
        .findLast(line => line.startsWith('data:'))
        ?.slice(5)
  let message
  try {
    message = JSON.parse(json ?? '')
  } catch {
    return ['errors', `HTTP ${status} without JSON`]
  }
  if (message.id !== nonce) return message.error && message.id === null ? ['errors', `HTTP ${status}`] : ['wrong', 'id']
  if (message.error) return ['errors', `${message.error.code} ${message.error.data?.cause ?? ''}`.trim()]
  const said = message.result?.content?.[0]?.text
  if (said === nonce || said?.startsWith(`${nonce}x`)) return ['answered']
  return ['wrong', 'nonce']
}

/** The next target by its share: the one that is furthest behind. */
let begun = 0
function nextTarget() {
  begun++
  let next = counts[0]
  for (const each of counts) if (behind(each) > behind(next)) next = each
  return next
}
const behind = target => target.share * begun - target.calls - target.skipped

createInterface({input: process.stdin}).on('line', line => {
  let rest = Number(line.replace('disconnect ', ''))
  for (const one of flying) {
    if (rest-- <= 0) break
    one.dropped = true
    one.request.destroy()
  }
})

const began = performance.now()
const endAt = began + seconds * 1000
if (rate === undefined) {
  const again = () => performance.now() < endAt && call(nextTarget(), performance.now(), again)
  for (let n = 0; n < connections; n++) again()
} else {
  let count = 0
  const timer = setInterval(() => {
    const now = performance.now()
    if (now >= endAt) return clearInterval(timer)
    for (; began + (count * 1000) / rate <= now; count++) {
      const target = nextTarget()
      if (flying.size >= maxInFlight && !target.healthy) target.skipped++
      else call(target, began + (count * 1000) / rate, () => {})
    }
  }, 1)
}

setTimeout(async () => {
  const until = performance.now() + 15_000
  while (flying.size > 0 && performance.now() < until) await new Promise(resolve => setTimeout(resolve, 50))
  const report = counts.map(({latency, ...figures}) => ({
    ...figures,
    unanswered: [...flying].filter(({target}) => target.server === figures.server).length,
    p50Ms: percentile(latency.toSparse(), 0.5) ?? null,
    p99Ms: percentile(latency.toSparse(), 0.99) ?? null,
    p999Ms: percentile(latency.toSparse(), 0.999) ?? null,
  }))
  const healthy = {
    p50Ms: percentile(healthyLatency.toSparse(), 0.5) ?? null,
    p99Ms: percentile(healthyLatency.toSparse(), 0.99) ?? null,
  }
  process.stdout.write(
    `${JSON.stringify({seconds: (endAt - began) / 1000, healthy, ownLagMs, slowSeconds: [...slowSeconds], targets: report})}\n`,
    () => process.exit(0),
  )
}, seconds * 1000)
