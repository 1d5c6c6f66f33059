import type {Config} from '../config/schema.ts'
import {openRequestStore, type RequestStore} from '../store/request-store.ts'
import type {RuntimeLog} from './runtime-log.ts'

/** The request log and the health history, as far as the configuration asks for them. */
export function startRequestStore(config: Config, stateDir: string, log: RuntimeLog): Promise<RequestStore> {
  const settings = config.observability.request_log
  return openRequestStore({
    stateDir,
    requestLog: settings?.enabled
      ? {
          backend: settings.backend,
          maxAgeMs: settings.max_age,
          maxBytes: settings.max_size,
          url: settings.postgres?.url,
        }
      : null,
    healthHistory: config.servers.some(server => server.health_check?.enabled),
    tell: note => log.write({...note, module: 'store'}),
  })
}
