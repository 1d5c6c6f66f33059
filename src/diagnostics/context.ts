import type {CheckContext} from './check.ts'
import type {FactSource} from './fact.ts'
import {dialable} from './host-port.ts'
import {isLiving, mainSighting, recordOf} from './sighting.ts'

/** Where `server.host` and `server.port` default to (configuration 1.0). */
const defaultListen = {host: '127.0.0.1', port: 8080}

/**
 * Works out what the checks are about: a living runtime's own record wins; where the record is unusable but the
 * control socket speaks, its word; else the configuration; else the defaults.
 * @param options whole: for checks that need to know what the configuration holds
 */
export async function resolveContext(facts: FactSource, options: {whole: boolean}): Promise<CheckContext> {
  const [runtime, found, logFolder] = await Promise.all([
    facts.get('runtime.record'),
    facts.get('config.found'),
    facts.get('logs.folder'),
  ])
  const sighting = runtime.state === 'known' ? mainSighting(runtime.value) : undefined
  const record = recordOf(sighting)
  const living = sighting !== undefined && isLiving(sighting)
  const configPath = found.state === 'known' ? found.value.path : null
  const socket = record?.socket ?? sighting?.socket ?? null
  const logDir = record?.logPath ?? (logFolder.state === 'known' ? logFolder.value : null)
  const outline = options.whole ? await facts.get(`config.outline:${configPath ?? ''}`) : undefined
  const whole = (
    listen: {readonly host: string; readonly port: number},
    from: CheckContext['server']['from'],
    tls = false,
  ): CheckContext => ({
    server: {host: dialable(listen.host), port: listen.port, from, ...(tls && {tls})},
    configPath,
    socket,
    logDir,
    pid: living && record !== null ? record.pid : null,
    stateDir: sighting?.stateDir ?? null,
    outline: outline?.state === 'known' ? outline.value : null,
  })

  if (living && record !== null) return whole(record, 'runtime', record.plain === false)
  if (sighting?.socket) {
    const control = await facts.get(`control.snapshot:${socket ?? ''}`)
    const listen = control.state === 'known' ? control.value.snapshot?.listen : undefined
    if (listen) return whole(listen, 'runtime', listen.tls?.plain === false)
  }
  const parsed = await facts.get(`config.parsed:${configPath ?? ''}`)
  if (parsed.state === 'known' && parsed.value.listen !== null) {
    const {listen} = parsed.value
    return whole(listen, 'config', listen.tls)
  }
  const unseen = sighting?.read.state === 'denied' || sighting?.process?.state === 'hidden'
  return whole(defaultListen, unseen ? 'guess' : 'default')
}
