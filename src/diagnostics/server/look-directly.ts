import type {BackendConfig} from '../../config/schema.ts'
import type {ClientIdentity} from '../../mcp/handshake.ts'
import type {Clock} from '../../shared/clock.ts'
import {probeBackend} from '../collect/probe-backend.ts'
import type {ProbeResult} from '../facts/backends.ts'
import {type Around, type Looked, lookAround, nothingAround} from './look-around.ts'

export const doctorIdentity: ClientIdentity = {info: {name: 'only1mcp-doctor', version: '1'}, capabilities: {}}

export interface DirectOptions {
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly timeoutMs: number
  readonly rounds: number
  /** As `ProbeOptions` has them. */
  readonly authorities?: Buffer | undefined
  readonly call?: {readonly name: string; readonly args: Readonly<Record<string, unknown>>} | undefined
}

/** A connection of our own to the server: a child or a request beside those of the runtime, ended when it was looked at. */
export async function lookDirectly(
  config: BackendConfig,
  options: DirectOptions,
): Promise<{readonly probe: ProbeResult; readonly looked: Looked}> {
  let around: Around = nothingAround
  const probe = await probeBackend(config, {
    ...options,
    inspect: async (connection, leftMs) => {
      around = await lookAround(connection, {...options, identity: doctorIdentity, leftMs})
    },
  })
  return {probe, looked: {...probe, ...around}}
}
