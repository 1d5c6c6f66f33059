import {CallFailure} from '../mcp/call-failure.ts'
import {rpcCode} from '../mcp/protocol.ts'

const waitMs = 3000
const pollMs = 20

/**
 * How many processes clients can make us start: each client that can be asked something gets children of its own, and
 * clients may come in any number and never say goodbye.
 */
export class OwnChildren {
  readonly #makeRoom: () => boolean
  #max: number
  #count = 0

  /**
   * @param makeRoom begins to end the children of whoever has not used theirs for longest; false where all are in use
   * @param max altogether, beside the one that all share of each server
   */
  constructor(makeRoom: () => boolean, max: number) {
    this.#makeRoom = makeRoom
    this.#max = max
  }

  /** Those that there are too many of now end by themselves. */
  configure(max: number): void {
    this.#max = max
  }

  /** @returns what is to be called, once, when the child has ended @throws CallFailure when there is no room */
  async admit(): Promise<() => void> {
    if (this.#count >= this.#max) {
      if (!this.#makeRoom()) throw noRoom(this.#max)
      const until = performance.now() + waitMs
      while (this.#count >= this.#max) {
        if (performance.now() > until) throw noRoom(this.#max)
        await new Promise(resolve => setTimeout(resolve, pollMs))
      }
    }
    this.#count++
    let left = false
    return () => {
      if (left) return
      left = true
      this.#count--
    }
  }
}

function noRoom(max: number): CallFailure {
  return new CallFailure(`clients that can be asked something have all of the ${max} processes they may have`, {
    kind: 'TooManyChildren',
    blame: 'proxy',
    code: rpcCode.noBackend,
    delivered: 'no',
  })
}
