/**
 * The load generator, a process of its own: `node load.mjs '<json>'` with
 *   {port, path, headers, body, connections, seconds, rate?, mustInclude}
 * Without `rate` every connection sends its next request when it has its answer; with it, requests start at fixed
 * times and the latency counts from there, so that a stall is not hidden. Prints one JSON object.
 */
import {createHash} from 'node:crypto'
import {connect} from 'node:net'
import {createResponseReader} from './http-response.ts'
import {FIRST_ID} from './payloads.mjs'

const options = JSON.parse(process.argv[2])
const {port, path, headers, body, connections, seconds, rate, mustInclude} = options
const head = [
  `POST ${path} HTTP/1.1`,
  `Host: 127.0.0.1:${port}`,
  'Content-Type: application/json',
  'Accept: application/json, text/event-stream',
  `Content-Length: ${Buffer.byteLength(body)}`,
  ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
]
const request = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
const idAt = request.lastIndexOf(`"id":${FIRST_ID}`)

let nextId = FIRST_ID
/** The request with the next id, in place: eight digits stay eight digits. */
function nextRequest() {
  if (idAt !== -1) {
    nextId += 1
    request.latin1Write(String(nextId), idAt + 5)
  }
  return Buffer.from(request)
}

const latenciesUs = []
const failures = new Map()
let completed = 0
let lastAnswer = Buffer.alloc(0)
const endAt = performance.now() + seconds * 1000
/** Of the answer with its id set back, so that two subjects can be compared. */
const digest = answer =>
  createHash('sha256')
    .update(answer.toString().replace(/"id":\d{8}/, `"id":${FIRST_ID}`))
    .digest('hex')
const fail = why => failures.set(why, (failures.get(why) ?? 0) + 1)

/** One connection. `send` starts a request that is due at `dueMs`; `onIdle` is called when the answer is here. */
function openConnection(onIdle) {
  let dueMs
  let socket
  const reader = () =>
    createResponseReader((status, answer) => {
      const now = performance.now()
      if (status !== 200 || !answer.includes(mustInclude)) fail(`HTTP ${status}: ${answer.toString('utf8', 0, 120)}`)
      else {
        completed += 1
        lastAnswer = answer
        latenciesUs.push((now - dueMs) * 1000)
      }
      dueMs = undefined
      onIdle(connection)
    })
  const dial = () => {
    socket = connect({port, host: '127.0.0.1', noDelay: true})
    socket.on('data', reader())
    socket.on('error', error => fail(error.message))
    socket.on('close', () => {
      if (performance.now() >= endAt) return
      const wasBusy = dueMs !== undefined
      dueMs = undefined
      dial()
      if (!wasBusy) return
      fail('closed before the answer')
      onIdle(connection)
    })
  }
  const connection = {
    send(due) {
      dueMs = due
      socket.write(nextRequest())
    },
    close: () => socket.destroy(),
  }
  dial()
  return connection
}

function closedLoop() {
  const again = connection => {
    if (performance.now() < endAt) connection.send(performance.now())
  }
  const all = Array.from({length: connections}, () => openConnection(again))
  for (const connection of all) connection.send(performance.now())
  return all
}

/** `rate` requests a second, evenly; those that find no idle connection wait and keep their due time. */
function openLoop() {
  const idle = []
  const due = []
  const pump = () => {
    while (due.length > 0 && idle.length > 0) idle.shift().send(due.shift())
  }
  const all = Array.from({length: connections}, () =>
    openConnection(connection => {
      idle.push(connection)
      pump()
    }),
  )
  idle.push(...all)
  const startedAt = performance.now() + 50
  let count = 0
  const timer = setInterval(() => {
    const now = performance.now()
    if (now >= endAt) return clearInterval(timer)
    for (; startedAt + (count * 1000) / rate <= now; count += 1) due.push(startedAt + (count * 1000) / rate)
    pump()
  }, 1)
  return all
}

const began = performance.now()
const all = rate === undefined ? closedLoop() : openLoop()
setTimeout(
  () => {
    const elapsed = (performance.now() - began) / 1000
    for (const connection of all) connection.close()
    const sorted = Float64Array.from(latenciesUs).sort()
    const at = share => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null
    const result = {
      completed,
      seconds: elapsed,
      failures: Object.fromEntries([...failures].slice(0, 5)),
      p50Us: at(0.5),
      p99Us: at(0.99),
      answerBytes: lastAnswer.length,
      answerSha256: digest(lastAnswer),
    }
    process.stdout.write(`${JSON.stringify(result)}\n`)
    process.exit(0)
  },
  endAt - performance.now() + 20,
)
