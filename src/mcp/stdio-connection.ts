import type {Clock} from '../shared/clock.ts'
import {tellingLines} from '../shared/telling-lines.ts'
import {CallFailure} from './call-failure.ts'
import type {Child, ExitStatus} from './child.ts'
import type {BackendAnswer, BackendCall, BackendConnection, BackendInfo, ConnectionEvents} from './connection.ts'
import {DuplexChannel} from './duplex-channel.ts'
import {type ClientIdentity, discover, initialize} from './handshake.ts'
import {oneLine} from './one-line.ts'
import {rpcCode} from './protocol.ts'
import {StdioFramer} from './stdio-framer.ts'

export interface StdioOptions {
  readonly child: Child
  readonly identity: ClientIdentity
  readonly clock: Clock
  /** Deadline of the whole handshake. */
  readonly handshakeTimeoutMs: number
  readonly maxMessageBytes: number
  /** `legacy` skips `server/discover`, for servers that end themselves on a message before `initialize`. */
  readonly era: 'unknown' | 'legacy'
  readonly events: ConnectionEvents
  /** The last lines of stderr, for the evidence of a failure. */
  readonly stderrTail: () => readonly string[]
}

/** The child ended while it was asked `server/discover`: it may be a legacy server that wants `initialize` first. */
export class EndedDuringDiscover extends Error {}

/**
 * Does the handshake with a started child.
 * @throws CallFailure, or EndedDuringDiscover; the child is stopped by the caller then
 */
export async function openStdio(options: StdioOptions): Promise<BackendConnection> {
  const link = new StdioLink(options)
  try {
    return await shakeHands(link, options)
  } catch (error) {
    throw link.explained(error)
  }
}

async function shakeHands(link: StdioLink, options: StdioOptions): Promise<BackendConnection> {
  const startedAt = options.clock.now()
  const ask = (call: BackendCall): Promise<BackendAnswer> => link.call(call)
  if (options.era === 'unknown') {
    try {
      const info = await discover(ask, options.identity, options.handshakeTimeoutMs)
      if (info) return link.opened(info)
    } catch (error) {
      if (link.ended) throw new EndedDuringDiscover('the server ended during server/discover', {cause: error})
      throw error
    }
  }
  const rest = options.handshakeTimeoutMs - (options.clock.now() - startedAt)
  const info = await initialize(ask, options.identity, Math.max(1, rest))
  link.notify('notifications/initialized', null)
  return link.opened(info)
}

const newline = Buffer.from('\n')
/** The pipes of a process that ends close a little before it has ended. */
const exitWithinMs = 300
const stopWithinMs = 500

/** What a child may leave unread before calls go elsewhere; any that is allowed fits in. */
const maxUnreadBytes = 64 * 1024 * 1024
/** And before it gets no more answers to what it asks: one that asks for ever and reads nothing would fill the memory. */
const maxUnreadAnswerBytes = 4 * 1024 * 1024

/** The pipes of one child, a message a line. */
class StdioLink {
  readonly #options: StdioOptions
  readonly #channel: DuplexChannel
  readonly #framer: StdioFramer
  readonly #closed: Promise<CallFailure | null>
  #ended = false
  #corked = false
  #strayLine = ''
  #closeAsked = false
  /** The pipe that the child closed while it went on. */
  #closedPipe: 'stdin' | 'stdout' | undefined

  constructor(options: StdioOptions) {
    this.#options = options
    const {child, events, maxMessageBytes} = options
    const channel = new DuplexChannel({
      now: options.clock.now,
      events,
      request: (message, _, call) => {
        if (this.#ended || !child.stdin.writable) throw notWritten(call, options.stderrTail())
        if (child.stdin.writableLength > maxUnreadBytes) throw notRead(call)
        this.#write(message)
      },
      send: message => {
        if (!child.stdin.writable) return
        if (child.stdin.writableLength <= maxUnreadAnswerBytes) this.#write(message)
        else events.onOddity('StdinUnread', `answers are dropped: it leaves ${maxUnreadAnswerBytes} bytes unread`)
      },
    })
    this.#channel = channel
    const framer = new StdioFramer({
      maxMessageBytes,
      onMessage: line => channel.receive(line),
      onGarbage: line => {
        this.#strayLine = line.toString('utf8', 0, 200)
        events.onOddity('StdoutGarbage', this.#strayLine)
      },
      onBehindGarbage: rest => channel.receiveBehindPrint(rest),
      onOverflow: dropped => channel.tooLarge(dropped, maxMessageBytes),
    })
    this.#framer = framer
    child.stdout.on('data', (chunk: Buffer) => framer.push(chunk))
    child.stdout.once('end', () => this.#pipeEnded('stdout'))
    child.stdin.once('error', () => this.#pipeEnded('stdin'))
    const drained = new Promise<void>(resolve => child.stdout.once('close', () => resolve()))
    this.#closed = child.exited.then(async status => {
      // What the child wrote before it ended still counts.
      await Promise.race([drained, new Promise(resolve => setTimeout(resolve, 200))])
      this.#ended = true
      channel.ending()
      framer.end()
      const failure = processEnded(status, this.#closedPipe, options.stderrTail())
      channel.end(failure)
      return this.#closeAsked ? null : failure
    })
  }

  /** A server that gives no answer may have said something else, such as a question to whoever installs it. */
  explained(error: unknown): unknown {
    const said = [this.#strayLine, this.#framer.unfinished].map(line => line.trim()).filter(line => line !== '')
    if (!(error instanceof CallFailure) || error.kind !== 'BackendTimeout' || said.length === 0) return error
    const {message, kind, blame, code, delivered, cause} = error
    const evidence = [error.evidence, `stdout: ${said.join(' | ')}`].filter(text => text !== undefined).join('; ')
    return new CallFailure(message, {kind, blame, code, delivered, cause, evidence})
  }

  /** A child that closed a pipe and goes on can never answer again: it is ended, so that it is started anew. */
  #pipeEnded(pipe: 'stdin' | 'stdout'): void {
    setTimeout(() => {
      if (this.#ended || this.#closeAsked || this.#closedPipe) return
      this.#closedPipe = pipe
      void this.#options.child.stop(stopWithinMs)
    }, exitWithinMs).unref()
  }

  get ended(): boolean {
    return this.#ended
  }

  opened(info: BackendInfo): BackendConnection {
    const channel = this.#channel
    return {
      info,
      pid: this.#options.child.pid,
      multiplexed: true,
      call: call => channel.call(call),
      notify: (method, params) => channel.notify(method, params),
      closed: this.#closed,
      close: graceMs => {
        this.#closeAsked = true
        return this.#options.child.stop(graceMs)
      },
    }
  }

  call(call: BackendCall): Promise<BackendAnswer> {
    return this.#channel.call(call)
  }

  notify(method: string, params: Buffer | null): void {
    this.#channel.notify(method, params)
  }

  #write(message: Buffer): void {
    const {stdin} = this.#options.child
    if (!this.#corked) {
      // All messages of one turn of the loop leave in one write; an end of stdin meanwhile takes them along.
      this.#corked = true
      stdin.cork()
      setImmediate(() => {
        this.#corked = false
        stdin.uncork()
      })
    }
    stdin.write(oneLine(message))
    stdin.write(newline)
  }
}

function processEnded(
  status: ExitStatus,
  closedPipe: 'stdin' | 'stdout' | undefined,
  stderrTail: readonly string[],
): CallFailure {
  const how =
    closedPipe !== undefined
      ? `closed its ${closedPipe} and went on; it was ended`
      : status.signal !== null
        ? `was killed by ${status.signal}`
        : `exited with status ${status.code}`
  return new CallFailure(`the server process ${how}`, {
    kind: 'BackendExited',
    blame: 'backend-process',
    code: rpcCode.serverError,
    delivered: 'unknown',
    ...(stderrTail.length > 0 && {evidence: tellingLines(stderrTail).join(' | ')}),
  })
}

function notRead(call: BackendCall): CallFailure {
  return new CallFailure(`${call.method} was not sent: the server does not read its stdin`, {
    kind: 'Overloaded',
    blame: 'backend-process',
    code: rpcCode.rateLimited,
    delivered: 'no',
    evidence: `${maxUnreadBytes} bytes wait`,
  })
}

function notWritten(call: BackendCall, stderrTail: readonly string[]): CallFailure {
  return new CallFailure(`${call.method} was not sent: the server process is gone`, {
    kind: 'BackendGone',
    blame: 'backend-process',
    code: rpcCode.noBackend,
    delivered: 'no',
    ...(stderrTail.length > 0 && {evidence: tellingLines(stderrTail).join(' | ')}),
  })
}
