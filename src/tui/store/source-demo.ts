import {type Action, type ActionOutcome, stopAction} from '../../control/action.ts'
import type {ControlEvent} from '../../control/contract/events.ts'
import type {LogRecord, Source} from '../../control/source.ts'
import {pause} from '../../shared/pause.ts'
import {DemoWorld, demoStepMs} from './demo-world.ts'

export interface DemoOptions {
  readonly seed?: number
  /** Simulated seconds that have passed before the first look. Default 60. */
  readonly aheadSeconds?: number
  /** Time stands still: the same screen for ever. */
  readonly frozen?: boolean
  readonly allowActions?: boolean
}

/** A source without a runtime: to try the console, and to test it. Time passes as in the world, the content is made up. */
export function demoSource(options: DemoOptions = {}): Source {
  const world = new DemoWorld(options.seed)
  const past: ControlEvent[] = []
  for (let step = 0; step < ((options.aheadSeconds ?? 60) * 1000) / demoStepMs; step++) past.push(...world.step())
  const logs = past.filter(event => event.type === 'log')
  const heartbeat = (): ControlEvent => {
    const {seq, at, instance} = world.snapshot()
    return {type: 'heartbeat', seq, at, instance}
  }

  async function* events(since: number, signal: AbortSignal): AsyncGenerator<ControlEvent> {
    // The demo hands out its past too, so that the first screen is not empty.
    yield* since <= world.seq ? past.splice(0).filter(event => event.type === 'request') : []
    while (!signal.aborted) {
      await pause(demoStepMs, signal)
      if (signal.aborted) return
      if (options.frozen === true) yield heartbeat()
      else yield* [...world.step(), heartbeat()]
    }
  }

  return {
    label: 'demo',
    snapshot: async () => world.snapshot(),
    events,
    logs: async query =>
      logs.slice(-query.limit).map(
        ({at, level, module, requestId, serverId, kind, message}): LogRecord => ({
          at,
          level,
          module,
          requestId,
          serverId,
          message: `${kind} ${message}`,
        }),
      ),
    doctor: async () => [],
    actions: () => (options.allowActions === true ? [stopAction('demo')] : []),
    run: async (action: Action): Promise<ActionOutcome> => ({
      ok: true,
      message: `the demo has nothing to ${action.id}; a runtime would be stopping now`,
    }),
  }
}
