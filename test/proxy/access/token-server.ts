import http from 'node:http'
import type {AddressInfo} from 'node:net'
import {atEnd} from '../../helpers/at-end.ts'

/** What a token endpoint answers; `hang`: nothing. */
export type TokenAnswer = {readonly status?: number; readonly document: object} | 'hang'

export interface TokenServer {
  readonly url: string
  /** The forms that were posted. */
  readonly asked: Readonly<Record<string, string>>[]
  answer: (n: number) => TokenAnswer
}

/** A token endpoint whose n-th answer (from 1) is what `answer` says at that time. */
export async function startTokenServer(answer: TokenServer['answer']): Promise<TokenServer> {
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    started.asked.push(Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())))
    const given = started.answer(started.asked.length)
    if (given === 'hang') return
    response.writeHead(given.status ?? 200, {'content-type': 'application/json'}).end(JSON.stringify(given.document))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  atEnd(() => {
    server.close()
    server.closeAllConnections()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
  const started: TokenServer = {url, asked: [], answer}
  return started
}

export const bearer = (token: string, more: object = {}): TokenAnswer => ({
  document: {access_token: token, token_type: 'Bearer', expires_in: 100, ...more},
})
