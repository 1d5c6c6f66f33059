/** One subject in one round: started, warmed up, loaded with calls, lists and a fixed rate, and stopped. */
import {spawn} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import {openSession} from './handshake.mjs'
import {cpuUs, pinDescendants, rssMiB} from './process-figures.mjs'

const loadProgram = fileURLToPath(new URL('load.mjs', import.meta.url))
const RATE = 200
const LIST_CONNECTIONS = 16
const RATE_CONNECTIONS = 16
/** A proxy runs for months: what the engine still compiles in the first seconds is no part of a call's price. */
const WARM_UP_SECONDS = 4
/** What an answer must hold to count: the text of the tool, or the last tool of the list. */
const expected = {call: 'xxxxxxxxxxxxxxxx', list: 'tool_99'}

/** Runs the load generator to its end. @throws Error when it got no answer at all */
export function runLoad(options, pin) {
  const [command, args] = pin(process.execPath, [loadProgram, JSON.stringify(options)])
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {stdio: ['ignore', 'pipe', 'inherit']})
    let out = ''
    child.stdout.setEncoding('utf8').on('data', chunk => {
      out += chunk
    })
    child.once('error', reject)
    child.once('close', code => {
      if (code !== 0) return reject(new Error(`the load generator ended with ${code}`))
      const result = JSON.parse(out)
      if (result.completed > 0) return resolve(result)
      reject(new Error(`no call succeeded: ${JSON.stringify(result.failures)}`))
    })
  })
}

export async function measureSubject(subject, environment, {seconds, connections, pinLoad}) {
  const running = await subject.start(environment)
  const {pid, port, path, bodies, legacy, stop} = running
  try {
    const headers = legacy ? await openSession(`http://127.0.0.1:${port}${path}`) : {}
    const load = (work, extra) =>
      runLoad(
        {port, path, headers, body: bodies[work], mustInclude: expected[work], seconds, connections, ...extra},
        pinLoad,
      )
    await load('call', {seconds: WARM_UP_SECONDS})
    pinDescendants(pid, environment.otherCore)

    const call = await withCpu(pid, () => load('call', {}))
    const list = bodies.list && (await withCpu(pid, () => load('list', {connections: LIST_CONNECTIONS})))
    const rate = await load('call', {connections: RATE_CONNECTIONS, rate: RATE})
    return {
      rps: call.completed / call.seconds,
      cpuUsPerCall: call.cpuUs / call.completed,
      rssMiB: call.rssMiB,
      answers: [call, list].map(one => one?.answerSha256),
      ...(list && {cpuUsPerList: list.cpuUs / list.completed, listBytes: list.answerBytes}),
      p50Us: rate.p50Us,
      p99Us: rate.p99Us,
      failures: {...call.failures, ...list?.failures, ...rate.failures},
    }
  } finally {
    await stop()
  }
}

/** The CPU that `pid` used while `run` went on, and the largest memory seen. */
async function withCpu(pid, run) {
  let largest = rssMiB(pid)
  const sampler = setInterval(() => {
    largest = Math.max(largest, rssMiB(pid))
  }, 200)
  const before = cpuUs(pid)
  try {
    const result = await run()
    return {...result, cpuUs: cpuUs(pid) - before, rssMiB: largest}
  } finally {
    clearInterval(sampler)
  }
}
