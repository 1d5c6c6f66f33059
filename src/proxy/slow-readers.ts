import type {Socket} from 'node:net'

const lookEveryMs = 1000
/** Nothing more of an answer was taken for this long. */
const patienceMs = 30_000
/** An answer leaves in one write, whose progress cannot be seen: it may take as long as at this rate. */
const bytesPerMs = 32
/** What clients of all connections may leave unread. Twice the largest answer of a server, and more than the kernel holds. */
const maxUnreadBytes = 512 * 1024 * 1024

export interface SlowReadersOptions {
  readonly now: () => number
  /** Told of the connections that were ended in one look. */
  readonly onCutOff: (count: number, unreadBytes: number) => void
  readonly maxUnreadBytes?: number
}

interface Waiting {
  readonly socket: Socket
  /** Bytes that left. */
  taken: number
  sinceMs: number
}

/**
 * Ends connections whose clients do not read what they asked for. Node has no limit for it: the answers would stay in
 * memory, and the connections among those that are counted, until the client goes.
 */
export class SlowReaders {
  readonly #options: SlowReadersOptions
  readonly #sockets = new Set<Socket>()
  readonly #waiting = new Map<Socket, Waiting>()
  readonly #timer: NodeJS.Timeout

  constructor(options: SlowReadersOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.look(), lookEveryMs)
    this.#timer.unref()
  }

  readonly watch = (socket: Socket): void => {
    this.#sockets.add(socket)
    socket.once('close', () => {
      this.#sockets.delete(socket)
      this.#waiting.delete(socket)
    })
  }

  /** Done by a timer; well below a millisecond for 10,000 connections. */
  look(): void {
    const now = this.#options.now()
    const slow: Socket[] = []
    let unread = 0
    for (const socket of this.#sockets) {
      const length = socket.writableLength
      if (length === 0) {
        this.#waiting.delete(socket)
        continue
      }
      unread += length
      const sinceMs = this.#since(socket, length, now)
      if (now - sinceMs > patienceMs + length / bytesPerMs) slow.push(socket)
    }
    for (const socket of slow) unread -= socket.writableLength
    slow.push(...this.#tooMany(unread, slow))
    if (slow.length === 0) return
    this.#options.onCutOff(
      slow.length,
      slow.reduce((sum, socket) => sum + socket.writableLength, 0),
    )
    for (const socket of slow) socket.destroy()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** When something of it was last taken, as far as was looked. */
  #since(socket: Socket, length: number, now: number): number {
    const taken = socket.bytesWritten - length
    const waiting = this.#waiting.get(socket)
    if (waiting?.taken === taken) return waiting.sinceMs
    this.#waiting.delete(socket)
    this.#waiting.set(socket, {socket, taken, sinceMs: now})
    return now
  }

  /** Those that have waited longest, until the rest fits; the map is in that order. The last one always fits. */
  #tooMany(unread: number, gone: readonly Socket[]): Socket[] {
    const {maxUnreadBytes: most = maxUnreadBytes} = this.#options
    const over: Socket[] = []
    let rest = unread
    for (const {socket} of this.#waiting.values()) {
      if (rest <= most || over.length + gone.length + 1 >= this.#waiting.size) break
      if (gone.includes(socket)) continue
      over.push(socket)
      rest -= socket.writableLength
    }
    return over
  }
}
