import {CancelSource} from '../../mcp/cancel-source.ts'
import type {ClientScope} from '../client-scope.ts'
import type {Services} from '../method-call.ts'
import {tellBackends} from '../methods/logging.ts'
import type {Sessions} from '../sessions.ts'
import {BackendNews} from './backend-news.ts'
import {BusSessionRelay} from './session-relay.ts'
import type {SharedState} from './shared-state.ts'

export interface JoinedParts {
  readonly sessions: Sessions
  /** Those of the configuration in force. */
  readonly services: () => Services
  /** The connections that all clients share. */
  readonly scope: ClientScope
}

/** From here on this instance tells the others what they need to know, and hears them. */
export function joinInstances(shared: SharedState, {sessions, services, scope}: JoinedParts) {
  const relay = new BusSessionRelay(shared.bus, sessions, (_, level) => {
    // Its client set it elsewhere, and was answered there.
    tellBackends(services(), scope, level, new CancelSource()).catch(() => {})
  })
  sessions.relay = relay
  const news = new BackendNews(shared.bus, () => services().backends)
  shared.onBack = () => news.catchUp()
  return {
    news,
    stop: () => {
      relay.stop()
      news.stop()
    },
  }
}
