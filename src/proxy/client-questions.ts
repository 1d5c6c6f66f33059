import {randomBytes} from 'node:crypto'
import type {CancelListener} from '../mcp/cancel-source.ts'
import type {BackendAnswer, OpenQuestion} from '../mcp/connection.ts'
import {errorValue, notificationMessage, requestMessage} from '../mcp/json-rpc.ts'
import {ownProgressToken, progressTokenOf} from '../mcp/progress-token.ts'
import {rpcCode} from '../mcp/protocol.ts'
import {setMember} from '../mcp/splice.ts'

/** How long a person may take to answer an elicitation. */
const answerWithinMs = 600_000

interface Question {
  readonly resolve: (answer: BackendAnswer) => void
  readonly timer: NodeJS.Timeout
  readonly asked: OpenQuestion
  readonly withdraw: CancelListener
  /** The raw bytes of the backend's own progress token, where it wants to hear of progress. */
  readonly token: Buffer | null
}

/** What backends ask a legacy client (sampling, elicitation, roots), with ids of our own towards the client. */
export class ClientQuestions {
  readonly #open = new Map<string, Question>()
  /** Of one session at one instance: the answer may come to another. */
  readonly #prefix = `only1mcp-${randomBytes(6).toString('base64url')}`
  #nextId = 1

  /** @param send hands a message to the client; false when there is no way to it */
  ask(
    method: string,
    params: Buffer | null,
    asked: OpenQuestion,
    send: (message: Buffer) => boolean,
  ): Promise<BackendAnswer> {
    if (method === 'ping') return Promise.resolve({kind: 'result', value: Buffer.from('{}')})
    const id = `${this.#prefix}-${this.#nextId++}`
    const key = `s:${id}`
    return new Promise(resolve => {
      if (asked.signal.aborted) return resolve(refusal('nobody waits for the answer'))
      if (!send(requestMessage(id, method, ownProgressToken(params, id)))) {
        return resolve(refusal('the client has no open stream on which it could be asked'))
      }
      const giveUp = (why: string): void => {
        send(notificationMessage('notifications/cancelled', Buffer.from(JSON.stringify({requestId: id, reason: why}))))
        this.answer(key, refusal(why))
      }
      const timer = setTimeout(
        () => giveUp(`the client did not answer within ${answerWithinMs / 1000} s`),
        answerWithinMs,
      )
      const withdraw = {onCancel: () => giveUp('nobody waits for the answer')}
      asked.signal.listen(withdraw)
      this.#open.set(key, {resolve, timer, asked, withdraw, token: progressTokenOf(params)})
    })
  }

  /** A client's progress on a question. @param key of its token, as in MessageId @returns false for none of ours */
  progress(key: string, params: Buffer): boolean {
    const question = this.#open.get(key)
    if (question === undefined) return false
    const {asked, token} = question
    if (token !== null) asked.progress(setMember(params, {start: 0, end: params.length}, 'progressToken', token))
    return true
  }

  /** @param key of the answer's id, as in MessageId @returns false for an answer to no question of ours */
  answer(key: string, answer: BackendAnswer): boolean {
    const question = this.#open.get(key)
    if (question === undefined) return false
    this.#open.delete(key)
    clearTimeout(question.timer)
    question.asked.signal.unlisten(question.withdraw)
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
