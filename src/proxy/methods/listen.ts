import {notificationMessage} from '../../mcp/json-rpc.ts'
import {metaKey} from '../../mcp/protocol.ts'
import {arrayElements, findValue, setMember, stringAt} from '../../mcp/splice.ts'
import type {Method, MethodAnswer, MethodCall} from '../method-call.ts'
import {allowSubscriptions, asKnown, chooseUri} from './resources.ts'

/** The notifications that a listener may ask for, by their key in the filter. */
const listFilters = {
  toolsListChanged: 'notifications/tools/list_changed',
  promptsListChanged: 'notifications/prompts/list_changed',
  resourcesListChanged: 'notifications/resources/list_changed',
} as const

/** `subscriptions/listen`: one stream for what all backends announce, until the client closes it or the runtime ends. */
export const listen: Method = async call => {
  const {params, reply, context, id} = call
  const wanted = new Set<string>(
    Object.entries(listFilters).flatMap(([key, method]) => (asked(params, key) ? [method] : [])),
  )
  const uris = subscribedUris(params)
  allowSubscriptions(call, uris.length)
  const say = (method: string, said: Buffer | null): void => {
    reply.push(notificationMessage(method, tagged(said, id)))
  }

  say('notifications/subscriptions/acknowledged', Buffer.from(JSON.stringify({notifications: accepted(params, uris)})))
  const ends: (() => void)[] = []
  let gone = false
  let endStream = (): void => {
    gone = true
  }
  try {
    for (const uri of uris) {
      const {backend, key: own} = await chooseUri(call, uri)
      ends.push(
        await call.services.subscriptions.subscribe(backend, own, {
          updated: params => say('notifications/resources/updated', asKnown(params, uri)),
          // The client listens anew, and is told why that resource cannot be watched.
          ended: () => endStream(),
        }),
      )
    }
  } catch (error) {
    for (const end of ends) end() // those that were taken already
    throw error
  }
  return new Promise<MethodAnswer>(resolve => {
    const stop = call.services.sessions.listen({
      notify: (method, said) => {
        if (wanted.has(method)) say(method, said)
      },
      end: () => finish(),
    })
    const finish = (): void => {
      stop()
      for (const end of ends) end()
      const value = setMeta(Buffer.from('{"resultType":"complete"}'), id)
      resolve({kind: 'result', value})
    }
    endStream = finish
    if (gone || context.signal.aborted) return finish()
    context.signal.listen({onCancel: finish})
  })
}

function asked(params: Buffer | null, key: string): boolean {
  const span = params && findValue(params, {start: 0, end: params.length}, ['notifications', key])
  return params !== null && span !== null && params.toString('latin1', span.start, span.end) === 'true'
}

function subscribedUris(params: Buffer | null): string[] {
  const span = params && findValue(params, {start: 0, end: params.length}, ['notifications', 'resourceSubscriptions'])
  if (params === null || span === null) return []
  return [...new Set(arrayElements(params, span).flatMap(element => stringAt(params, element) ?? []))]
}

function accepted(params: Buffer | null, uris: readonly string[]): Record<string, unknown> {
  const keys = Object.keys(listFilters).filter(key => asked(params, key))
  return {...Object.fromEntries(keys.map(key => [key, true])), ...(uris.length > 0 && {resourceSubscriptions: uris})}
}

/** Every message of the stream names the request that it belongs to. */
function tagged(params: Buffer | null, id: MethodCall['id']): Buffer {
  return setMeta(params ?? Buffer.from('{}'), id)
}

function setMeta(object: Buffer, id: Buffer): Buffer {
  const whole = {start: 0, end: object.length}
  const meta = findValue(object, whole, ['_meta'])
  const before = meta === null ? Buffer.from('{}') : object.subarray(meta.start, meta.end)
  return setMember(
    object,
    whole,
    '_meta',
    setMember(before, {start: 0, end: before.length}, metaKey.subscriptionId, id),
  )
}
