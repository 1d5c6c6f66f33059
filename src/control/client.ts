import type http from 'node:http'
import {z} from 'zod'
import {AppError, errnoCode, messageOf} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {nodeHttp} from '../shared/node-http.ts'
import {type ActionArgs, type ActionResult, actionResult, type ProbeAnswer, probeAnswer} from './contract/actions.ts'
import {type ControlEvent, controlEvent} from './contract/events.ts'
import {type ServerLists, serverLists} from './contract/lists.ts'
import {type Snapshot, snapshot} from './contract/snapshot.ts'
import {contractMajor, controlPath} from './paths.ts'

const maxSnapshotBytes = 64 * 1024 * 1024
const maxEventBytes = 4 * 1024 * 1024
const defaultTimeoutMs = 3000

const contractOnly = z.object({contract: z.string()})

/** A runtime's control socket, from the console's side. Every call has a deadline; nothing is kept open between calls. */
export class ControlClient {
  readonly socketPath: string

  constructor(socketPath: string) {
    this.socketPath = socketPath
  }

  /**
   * @throws AppError `CONTROL_UNREACHABLE` (nothing answers), `CONTROL_TIMEOUT` (it accepts and is silent),
   * `CONTROL_DENIED`, `CONTROL_CONTRACT` (another major version)
   */
  async snapshot(signal?: AbortSignal, timeoutMs = defaultTimeoutMs): Promise<Snapshot> {
    const response = await this.#request('GET', controlPath.snapshot, timeoutMs, signal)
    const body = parseJson(await readAll(response, maxSnapshotBytes))
    const version = contractOnly.safeParse(body)
    if (version.success && Number.parseInt(version.data.contract, 10) !== contractMajor) {
      throw new AppError(
        'CONTROL_CONTRACT',
        `the runtime speaks control contract ${version.data.contract}, this program speaks ${contractMajor}`,
        {
          fix: 'Use the only1mcp that the runtime was started with, or restart the runtime with this one.',
        },
      )
    }
    const parsed = snapshot.safeParse(body)
    if (!parsed.success) {
      throw new AppError(
        'CONTROL_CONTRACT',
        `the answer on ${this.socketPath} is no snapshot: ${z.prettifyError(parsed.error)}`,
      )
    }
    return parsed.data
  }

  /**
   * Runs an action of the runtime. Its own refusal is `{ok: false}`, not an error.
   * @param timeoutMs until it answers: longer for an action that takes its time
   */
  async action(
    id: string,
    signal?: AbortSignal,
    timeoutMs = defaultTimeoutMs,
    args: ActionArgs = {},
  ): Promise<ActionResult> {
    const response = await this.#request('POST', controlPath.action(id), timeoutMs, signal, JSON.stringify(args))
    return actionResult.parse(parseJson(await readAll(response, maxSnapshotBytes)))
  }

  /** Has one server probed now. @throws AppError `CONTROL_REFUSED` where the runtime has none of that id */
  async probe(serverId: string, timeoutMs: number): Promise<ProbeAnswer> {
    const path = `${controlPath.probe}?server=${encodeURIComponent(serverId)}`
    const response = await this.#request('POST', path, timeoutMs)
    return probeAnswer.parse(parseJson(await readAll(response, maxEventBytes)))
  }

  /** What one server lists. @throws AppError `CONTROL_REFUSED` where the runtime has none of that id, or is an older one */
  async lists(serverId: string, signal?: AbortSignal, timeoutMs = defaultTimeoutMs): Promise<ServerLists> {
    const path = `${controlPath.lists}?server=${encodeURIComponent(serverId)}`
    const response = await this.#request('GET', path, timeoutMs, signal)
    const parsed = serverLists.safeParse(parseJson(await readAll(response, maxSnapshotBytes)))
    if (parsed.success) return parsed.data
    throw new AppError(
      'CONTROL_CONTRACT',
      `the answer on ${this.socketPath} is no list: ${z.prettifyError(parsed.error)}`,
    )
  }

  /** Events after `since` until the connection ends. Types that this version does not know are passed over. */
  async *events(since: number, signal: AbortSignal): AsyncGenerator<ControlEvent> {
    const response = await this.#request('GET', `${controlPath.events}?since=${since}`, defaultTimeoutMs, signal)
    let rest = ''
    response.setEncoding('utf8')
    for await (const chunk of response as AsyncIterable<string>) {
      rest += chunk
      if (rest.length > maxEventBytes) throw new AppError('CONTROL_CONTRACT', 'an event of the runtime is too large')
      const lines = rest.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const event = controlEvent.safeParse(parseJson(line))
        if (event.success) yield event.data
      }
    }
  }

  /** Resolves with the response's head; the deadline covers only that, so that an event stream may last. */
  #request(
    method: string,
    path: string,
    timeoutMs: number,
    signal?: AbortSignal,
    body?: string,
  ): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : {'content-type': 'application/json'}
      const request = nodeHttp.request({
        socketPath: this.socketPath,
        method,
        path,
        headers,
        agent: false,
        ...(signal && {signal}),
      })
      const timer = setTimeout(() => {
        request.destroy(
          new AppError(
            'CONTROL_TIMEOUT',
            `the control socket ${this.socketPath} accepted, but did not answer within ${timeoutMs} ms`,
            {
              fix: 'The runtime hangs or is overloaded: only1mcp doctor tells more.',
              exitCode: exitCode.timeout,
            },
          ),
        )
      }, timeoutMs)
      request.on('response', response => {
        clearTimeout(timer)
        if (response.statusCode === 200) return resolve(response)
        response.resume()
        reject(
          new AppError('CONTROL_REFUSED', `the control socket answered ${response.statusCode} to ${method} ${path}`),
        )
      })
      request.on('error', error => {
        clearTimeout(timer)
        reject(error instanceof AppError || signal?.aborted === true ? error : unreachable(this.socketPath, error))
      })
      request.end(body)
    })
  }
}

function unreachable(socketPath: string, error: unknown): AppError {
  const code = errnoCode(error)
  if (code === 'EACCES' || code === 'EPERM') {
    return new AppError('CONTROL_DENIED', `no permission to use the control socket ${socketPath}`, {
      fix: 'Run this as the user that started the runtime, or as root.',
      cause: error,
    })
  }
  return new AppError(
    'CONTROL_UNREACHABLE',
    `nothing answers on the control socket ${socketPath} (${code ?? messageOf(error)})`,
    {
      fix: 'only1mcp doctor finds out why.',
      cause: error,
    },
  )
}

async function readAll(response: http.IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  const timer = setTimeout(
    () => response.destroy(new Error('the answer on the control socket stalled')),
    defaultTimeoutMs,
  )
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > maxBytes) throw new AppError('CONTROL_CONTRACT', 'the answer on the control socket is too large')
      chunks.push(chunk)
    }
  } finally {
    clearTimeout(timer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // the schema that reads it says what was expected
  }
}
