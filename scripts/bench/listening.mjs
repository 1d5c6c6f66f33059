/** A program that listens on a port: ready when the port accepts, gone with all its children after `stop`. */
import {spawn} from 'node:child_process'
import {connect} from 'node:net'
import {setTimeout as delay} from 'node:timers/promises'
import {isAlive, readProcessStat} from '../../src/shared/proc.ts'
import {endWithUs} from '../../test/conformance/end-with-us.ts'
import {descendants} from './process-figures.mjs'

const READY_TIMEOUT_MS = 30_000
const STOP_GRACE_MS = 5_000

const accepts = port =>
  new Promise(resolve => {
    const socket = connect({port, host: '127.0.0.1'})
    const end = open => {
      socket.destroy()
      resolve(open)
    }
    socket.once('connect', () => end(true)).once('error', () => end(false))
  })

/** @throws Error with the end of its output when the port stays closed */
export async function startListening([command, args], {port, env = {}}) {
  const child = spawn(command, args, {stdio: ['ignore', 'pipe', 'pipe'], env: {...process.env, ...env}})
  endWithUs(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', chunk => {
      said = (said + chunk).slice(-4096)
    })
  }
  const gone = new Promise(resolve => child.once('close', resolve).once('error', resolve))
  const ended = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined

  async function stop() {
    const family = ended() ? [] : descendants(child.pid).map(readProcessStat).filter(Boolean)
    if (!ended()) child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS)
    await gone
    clearTimeout(timer)
    // Some proxies leave their children behind; these are ours to end, told apart by their start time.
    for (const one of family) if (isAlive(one)) process.kill(one.pid, 'SIGKILL')
  }

  const deadline = performance.now() + READY_TIMEOUT_MS
  while (!(await accepts(port))) {
    if (ended() || performance.now() > deadline) {
      await stop()
      throw new Error(`${command} ${args.join(' ')} does not listen on ${port}: ${said.trim()}`)
    }
    await delay(50)
  }
  return {pid: child.pid, stop}
}
