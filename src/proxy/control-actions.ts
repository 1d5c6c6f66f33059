import type {Assembly} from './assemble.ts'
import {cacheActions} from './cache/cache-actions.ts'
import type {ControlServerOptions} from './control-server.ts'
import {changeLogLevel} from './logging/change-log-level.ts'
import {probeNow} from './probe/probe-now.ts'
import type {Reload} from './reload/open-reload.ts'
import type {RuntimeParts} from './runtime-parts.ts'
import {serverLists} from './server-lists.ts'

export interface ControlActionsOptions {
  readonly parts: RuntimeParts
  readonly inside: Assembly
  /** Undefined where there is no configuration file. */
  readonly reload: () => Reload | undefined
  readonly stop: (reason: string) => void
}

/** What an operator can have a runtime do over its control socket. */
export function controlActions(
  options: ControlActionsOptions,
): Pick<ControlServerOptions, 'probe' | 'lists' | 'actions'> {
  const {inside, reload, stop} = options
  const {log, redactor, profiles, cache} = options.parts
  return {
    probe: id => {
      const backend = inside.backends.find(each => each.id === id)
      return backend && probeNow(inside.prober, backend, redactor)
    },
    lists: id => {
      const backend = inside.backends.find(each => each.id === id)
      return backend && serverLists(backend, inside.catalogue.current)
    },
    actions: {
      stop: () => {
        log.audit('stop', {via: 'control socket'})
        setImmediate(() => stop('the operator asked for it'))
        return {ok: true, message: `stopping pid ${process.pid}`}
      },
      reload: async (args, signal) =>
        (await reload()?.action(args, signal)) ?? {ok: false, message: 'this runtime has no configuration file'},
      log_level: args => changeLogLevel(log, args),
      ...profiles.actions,
      ...cacheActions(cache, () => inside.backends, log),
    },
  }
}
