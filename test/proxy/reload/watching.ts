import {atEnd} from '../../helpers/at-end.ts'
import {modernStream} from '../protocol/modern-client.ts'
import {type Message, openSession} from '../protocol/session-client.ts'

/** A client that hears of changed lists, and of these resources. */
export interface WatchingClient {
  /** What it was told, the newest last. */
  readonly seen: readonly Message[]
  /** Whether its stream has ended. */
  ended(): boolean
  /** URIs that it was told of as updated. */
  updated(): string[]
}

export type Watch = (url: string, uris: readonly string[]) => Promise<WatchingClient>

function watched(seen: Message[], ended: () => boolean): WatchingClient {
  const updated = (): string[] =>
    seen.filter(({method}) => method === 'notifications/resources/updated').map(({params}) => params.uri)
  return {seen, ended, updated}
}

const watchLegacy: Watch = async (url, uris) => {
  const client = await openSession(url)
  let over = false
  const seen = await client.listen(() => {
    over = true
  })
  for (const uri of uris) {
    const {answer} = await client.call('resources/subscribe', {uri})
    if (answer.error) throw new Error(answer.error.message)
  }
  return watched(seen, () => over)
}

const watchModern: Watch = async (url, uris) => {
  const lists = {toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true}
  const params = {notifications: {...lists, resourceSubscriptions: uris}}
  const controller = new AbortController()
  atEnd(() => controller.abort())
  const seen: Message[] = []
  let [over, open] = [false, () => {}]
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  void (async () => {
    for await (const message of modernStream(url, 'subscriptions/listen', params, {}, controller.signal)) {
      seen.push(message)
      open()
    }
    over = true
  })().catch(() => {}) // ended with the test
  await opened
  return watched(seen, () => over)
}

/** One of each era. */
export const watching: readonly (readonly [era: string, watch: Watch])[] = [
  ['2025-11-25', watchLegacy],
  ['2026-07-28', watchModern],
]
