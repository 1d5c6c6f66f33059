import {randomBytes} from 'node:crypto'
import type {BackendAnswer} from '../mcp/connection.ts'
import {errorValue, requestMessage} from '../mcp/json-rpc.ts'
import {rpcCode} from '../mcp/protocol.ts'

/** How long a person may take to answer an elicitation. */
const answerWithinMs = 600_000

interface Question {
  readonly resolve: (answer: BackendAnswer) => void
  readonly timer: NodeJS.Timeout
}

/** What backends ask a legacy client (sampling, elicitation, roots), with ids of our own towards the client. */
export class ClientQuestions {
  readonly #open = new Map<string, Question>()
  /** Of one session at one instance: the answer may come to another. */
  readonly #prefix = `only1mcp-${randomBytes(6).toString('base64url')}`
  #nextId = 1

  /** @param send hands the request to the client; false when there is no way to it */
  ask(method: string, params: Buffer | null, send: (message: Buffer) => boolean): Promise<BackendAnswer> {
    if (method === 'ping') return Promise.resolve({kind: 'result', value: Buffer.from('{}')})
    const id = `${this.#prefix}-${this.#nextId++}`
    const key = `s:${id}`
    return new Promise(resolve => {
      if (!send(requestMessage(id, method, params))) {
        return resolve(refusal('the client has no open stream on which it could be asked'))
      }
      const timer = setTimeout(() => {
        this.#open.delete(key)
        resolve(refusal(`the client did not answer within ${answerWithinMs / 1000} s`))
      }, answerWithinMs)
      this.#open.set(key, {resolve, timer})
    })
  }

  /** @param key of the answer's id, as in MessageId @returns false for an answer to no question of ours */
  answer(key: string, answer: BackendAnswer): boolean {
    const question = this.#open.get(key)
    if (question === undefined) return false
    this.#open.delete(key)
    clearTimeout(question.timer)
    question.resolve(answer)
    return true
  }

  close(): void {
    for (const key of [...this.#open.keys()]) this.answer(key, refusal('the client has gone'))
  }
}

function refusal(why: string): BackendAnswer {
  return {kind: 'error', value: errorValue(rpcCode.serverError, why)}
}
