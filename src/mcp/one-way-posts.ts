import type {HttpExchange, HttpReceiver} from './http-client.ts'

/** At a time. Fewer than the connections that a pool has beside those for calls. */
const maxOpen = 16
/** That wait for one of these. A server that answers none would get as many as it likes to ask for. */
const maxWaiting = 1024
const answeredWithinMs = 10_000

/** What is posted: the receiver is told of its end, whatever that is. */
export type Post = (receiver: HttpReceiver) => HttpExchange

/**
 * POSTs whose answer nobody waits for: notifications, and answers to what a server asked. One that a server leaves
 * unanswered holds a connection, of which there is a number: a few at a time, and none for long.
 */
export class OneWayPosts {
  readonly #onRefused: (status: number) => void
  readonly #onLost: (why: string) => void
  readonly #waiting: Post[] = []
  readonly #open = new Set<{exchange?: HttpExchange; timer: NodeJS.Timeout}>()
  #over = false

  constructor(told: {readonly onRefused: (status: number) => void; readonly onLost: (why: string) => void}) {
    this.#onRefused = told.onRefused
    this.#onLost = told.onLost
  }

  send(post: Post): void {
    if (this.#over) return
    if (this.#open.size < maxOpen) this.#start(post)
    else if (this.#waiting.length < maxWaiting) this.#waiting.push(post)
    else this.#onLost(`${maxOpen} before it are not answered, and ${maxWaiting} wait`)
  }

  stop(): void {
    this.#over = true
    this.#waiting.length = 0
    for (const {timer} of this.#open) clearTimeout(timer)
  }

  #start(post: Post): void {
    const done = (): void => {
      clearTimeout(each.timer)
      if (!this.#open.delete(each) || this.#over) return
      const next = this.#waiting.shift()
      if (next) this.#start(next)
    }
    const each: {exchange?: HttpExchange; timer: NodeJS.Timeout} = {
      timer: setTimeout(() => {
        each.exchange?.abort()
        this.#onLost(`no answer to it within ${answeredWithinMs} ms`)
        done()
      }, answeredWithinMs),
    }
    this.#open.add(each)
    let status = 0
    each.exchange = post({
      head: head => {
        status = head
      },
      data: () => {},
      end: () => {
        if (status >= 400) this.#onRefused(status)
        done()
      },
      failed: error => {
        if (!this.#over) this.#onLost(error.message)
        done()
      },
    })
  }
}
