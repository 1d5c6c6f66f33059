import {ControlClient} from '../../../src/control/client.ts'
import type {Snapshot} from '../../../src/control/contract/snapshot.ts'
import {type HaproxyServer, startHaproxy} from '../../helpers/servers/start-haproxy.ts'
import {type RedisServer, startRedis} from '../../helpers/servers/start-redis.ts'
import {type StartedRuntime, startRuntime} from '../../helpers/start-runtime.ts'

export interface Instances {
  readonly runtimes: readonly [StartedRuntime, StartedRuntime]
  readonly redis: RedisServer
  readonly balancer: HaproxyServer
  /** Of haproxy: each request goes to the other runtime. */
  readonly url: string
}

export const sessionKey = 'a-key-of-two-instances-in-a-test-0123456789'

/** Two runtimes with one configuration, a Redis that they share, and haproxy before them. */
export async function startInstances(config: Record<string, unknown>): Promise<Instances> {
  const redis = await startRedis()
  const shared = {
    ...config,
    server: {session_key: sessionKey, ...(config.server as object | undefined)},
    shared: {redis: {url: redis.url}},
  }
  const runtimes = [await startRuntime(shared), await startRuntime(shared)] as const
  const balancer = await startHaproxy(runtimes.map(({record}) => record.port))
  return {runtimes, redis, balancer, url: balancer.url}
}

export function snapshotOf({record}: StartedRuntime): Promise<Snapshot> {
  return new ControlClient(record.socket).snapshot()
}

/** How many lines of the access log of each runtime match. */
export function served(runtimes: readonly StartedRuntime[], pattern: RegExp): number[] {
  return runtimes.map(
    runtime => (runtime.logs()['access.log'] ?? '').split('\n').filter(line => pattern.test(line)).length,
  )
}
