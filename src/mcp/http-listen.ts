import {type ScanResult, scanMessage} from './envelope.ts'
import type {HttpLink} from './http-link.ts'
import {SseParser} from './sse-parser.ts'
import {StreamPosition} from './stream-position.ts'
import {transportFailure} from './transport-failure.ts'

/**
 * Listens on a legacy session's GET stream, where the backend says what belongs to no call; opened again when it ends.
 * A backend that offers none (405, or any other answer) is left alone; one that had one and cannot be reached any more is
 * lost, which would else be noticed only by the next call.
 */
export function listenOnSession(link: HttpLink): void {
  const position = new StreamPosition()
  let offered = false
  const open = (): void => {
    if (link.closing) return
    let streaming = false
    const parser = new SseParser({
      maxEventBytes: link.options.maxMessageBytes,
      onEvent: event => {
        position.note(event)
        receive(link, event.data)
      },
      onOverflow: () =>
        link.options.events.onOddity('EventTooLarge', 'an event on the GET stream is larger than a message may be'),
    })
    const again = (): void => {
      if (link.closing || !offered) return
      setTimeout(open, position.delayMs).unref()
    }
    link.get(
      {
        head: (status, headers) => {
          streaming = status === 200 && String(headers['content-type'] ?? '').startsWith('text/event-stream')
          offered = streaming
        },
        data: chunk => {
          if (streaming) parser.push(chunk)
        },
        end: again,
        failed: (error, written) => {
          const failure = transportFailure(link.origin, error, written)
          if (offered && failure.delivered === 'no' && !link.closing) link.lost(failure)
          else again()
        },
      },
      position.lastEventId,
    )
  }
  open()
}

function receive(link: HttpLink, data: Buffer): void {
  if (data.length === 0) return
  const scanned = scanMessage(data)
  if (!scanned.ok && scanned.fault === 'batch' && scanned.elements.length > 0) {
    for (const {start, end} of scanned.elements) {
      const element = data.subarray(start, end)
      take(link, element, scanMessage(element))
    }
  } else take(link, data, scanned)
}

function take(link: HttpLink, data: Buffer, scanned: ScanResult): void {
  const {events} = link.options
  if (!scanned.ok) return events.onOddity('UnreadableMessage', scanned.why)
  const {kind, method, id, params} = scanned.message
  const bytes = params && data.subarray(params.start, params.end)
  if (method === 'notifications/cancelled') return void link.questions.withdrawn(bytes)
  if (kind === 'notification') return events.onNotification(method ?? '', bytes)
  if (kind !== 'request' || id === null) return events.onOddity('UnexpectedAnswer', 'an answer on the GET stream')
  void link.questions.ask(id, events.onRequest, method ?? '', bytes).then(answer => {
    if (answer) link.respond(id.bytes, answer)
  })
}
