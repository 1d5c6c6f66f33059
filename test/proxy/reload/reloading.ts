import {renameSync, writeFileSync} from 'node:fs'
import {stringify} from 'yaml'
import {ControlClient} from '../../../src/control/client.ts'
import type {ReloadReport} from '../../../src/control/contract/reload.ts'
import type {Snapshot} from '../../../src/control/contract/snapshot.ts'
import type {StartedRuntime} from '../../helpers/start-runtime.ts'

type Settings = Readonly<Record<string, unknown>>

/** The text of a configuration that listens where the system chooses. */
export function configText({server, observability, ...rest}: Settings): string {
  return stringify({
    server: {port: 0, ...(server as Settings)},
    observability: {metrics: {port: 0}, ...(observability as Settings)},
    ...rest,
  })
}

/** Replaces the file of a runtime as an editor does. */
export function replaceConfig(runtime: StartedRuntime, config: Settings | string): void {
  const text = typeof config === 'string' ? config : configText(config)
  writeFileSync(`${runtime.configPath}.new`, text)
  renameSync(`${runtime.configPath}.new`, runtime.configPath)
}

/** Nothing is watched: what happens is what the test asks for. */
export const unwatched = {proxy: {hot_reload: {enabled: false}}}

export async function reload({record}: StartedRuntime): Promise<ReloadReport> {
  const {reload: report, message} = await new ControlClient(record.socket).action('reload', undefined, 30_000)
  if (report === undefined) throw new Error(message)
  return report
}

export function snapshotOf({record}: StartedRuntime): Promise<Snapshot> {
  return new ControlClient(record.socket).snapshot()
}

/** The process of a server; throws while it has none. */
export async function pidOf(runtime: StartedRuntime, id: string): Promise<number> {
  const server = (await snapshotOf(runtime)).servers.find(each => each.id === id)
  if (server === undefined || server.pid === null || server.status !== 'up') throw new Error(`${id} is not up`)
  return server.pid
}
