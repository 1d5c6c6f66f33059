import type {BreakerState} from '../control/contract/server.ts'
import {parseObject} from '../mcp/handshake.ts'
import {shortText} from '../shared/short-text.ts'
import type {Backend, BackendOptions} from './backend.ts'
import {backendSnapshot} from './backend-snapshot.ts'
import type {Catalogue} from './catalogue.ts'
import {HealthNotes} from './health-notes.ts'
import {ListAnnouncer} from './list-announcer.ts'
import {listsChangedBy} from './list-kinds.ts'
import {mcpLogLevels} from './mcp-log-levels.ts'
import type {RuntimeParts} from './runtime-parts.ts'
import type {Sessions} from './sessions.ts'
import type {BackendNews} from './shared/backend-news.ts'
import {shownServer} from './shown-server.ts'
import type {Subscriptions} from './subscriptions.ts'
import {tellLogLevel} from './tell-log-level.ts'

export interface BackendListenersOptions {
  readonly parts: Pick<RuntimeParts, 'events' | 'log' | 'redactor' | 'breakers' | 'store' | 'cache'>
  readonly sessions: Sessions
  readonly catalogue: Catalogue
  readonly subscriptions: Subscriptions
  /** Where other instances are told. */
  readonly news: BackendNews | undefined
  /** Others are about to come, or to go: consoles and clients hear of those that serve. */
  readonly serves: (backend: Backend) => boolean
}

export type BackendListeners = Pick<
  BackendOptions,
  'onChange' | 'onConnected' | 'onBreaker' | 'onHeard' | 'onNotification'
> & {
  /** The merged lists may have changed: clients are told where they have. */
  noteLists(): void
}

const breakerNews = {
  open: {level: 'WARN', kind: 'BreakerOpened', message: 'calls to the server are refused for a while'},
  half_open: {level: 'INFO', kind: 'BreakerHalfOpen', message: 'a few calls are let through to the server'},
  closed: {level: 'INFO', kind: 'BreakerClosed', message: 'calls to the server are let through again'},
} as const satisfies Record<BreakerState, object>

/** Whom a runtime tells of what its servers do: clients, consoles, other instances, the log, the cache and the databases. */
export function backendListeners(options: BackendListenersOptions): BackendListeners {
  const {sessions, catalogue, subscriptions, news, serves} = options
  const {events, log, redactor, breakers, store, cache} = options.parts
  const healthNotes = new HealthNotes(store.health, () => events.now())
  const announcer = new ListAnnouncer(
    () => catalogue.current,
    method => sessions.notifyAll(method, null),
  )
  const noteLists = (): void => announcer.note()
  return {
    noteLists,
    onChange: backend => {
      if (!serves(backend)) return
      catalogue.invalidate()
      const server = shownServer(backendSnapshot(backend), redactor)
      events.emit({type: 'server', server})
      healthNotes.note(server)
      noteLists()
    },
    onConnected: (backend, link) => {
      cache.connected(backend)
      subscriptions.connected(backend, link)
      const level = sessions.lowestLogLevel(mcpLogLevels)
      if (level !== undefined) void tellLogLevel(backend, link, level)
    },
    onBreaker: (backend, {from, to, why}) => {
      if (serves(backend)) breakers.save(backend.breaker.row(backend.id))
      const {kind, level, message} = breakerNews[to]
      const retry_after_ms = to === 'open' ? backend.breaker.retryAfterMs : undefined
      const pairs = {server_id: backend.id, from, to, why, failures: backend.breaker.failures, retry_after_ms}
      log.write({level, module: 'breaker', kind, message, pairs})
      if (!serves(backend)) return
      if (to === 'open') news?.opened(backend)
      events.emit({type: 'breaker', serverId: backend.id, from, to, why: shortText(redactor.text(why), 1024)})
      events.emit({type: 'server', server: shownServer(backendSnapshot(backend), redactor)})
    },
    onHeard: (backend, method) => {
      cache.heard(backend, method)
      if (serves(backend)) news?.announced(backend, method)
    },
    onNotification: (backend, method, params) => {
      const uri = method === 'notifications/resources/updated' && params ? parseObject(params)?.uri : undefined
      if (typeof uri === 'string' && params) {
        cache.resourceUpdated(backend, uri)
        return subscriptions.updated(backend, uri, params)
      }
      if (serves(backend) && listsChangedBy(method).length > 0) sessions.notifyAll(method, params)
    },
  }
}
