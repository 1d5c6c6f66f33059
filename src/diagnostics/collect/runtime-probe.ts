import {AppError} from '../../shared/errors.ts'
import type {Collector} from '../live-facts.ts'
import {isLiving, recordOf} from '../sighting.ts'

const timeoutMs = 10_000

/** One server, asked now by the running runtime over the connection that its clients use. */
export const runtimeProbe: Collector<'runtime.probe'> = {
  kind: 'runtime.probe',
  timeoutMs: timeoutMs + 500,
  atOnce: 16,
  async collect(id, {facts}) {
    const runtime = await facts.get('runtime.record')
    const record = runtime.state === 'known' ? runtime.value.filter(isLiving).map(recordOf)[0] : undefined
    if (!record) return {state: 'absent', why: 'no runtime is running'}
    const control = await facts.get(`control.snapshot:${record.socket}`)
    if (control.state !== 'known') return {state: control.state, why: control.why}
    const server = control.value.snapshot?.servers.find(each => each.id === id)
    if (server === undefined) return {state: 'absent', why: `the running runtime does not know ${id}`}
    const {ControlClient} = await import('../../control/client.ts')
    try {
      const {ok, latencyMs, error} = await new ControlClient(record.socket).probe(id, timeoutMs)
      const blame = server.lastError?.blame ?? null
      return {state: 'known', value: {ok, latencyMs, error, status: server.status, tools: server.tools, blame}}
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return {state: error.code === 'CONTROL_DENIED' ? 'denied' : 'error', why: error.message}
    }
  },
}
