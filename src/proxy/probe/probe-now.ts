import type {ProbeAnswer} from '../../control/contract/actions.ts'
import type {Redactor} from '../../redaction/redactor.ts'
import {shortText} from '../../shared/short-text.ts'
import type {Backend} from '../backend.ts'
import {unavailable} from '../unavailable.ts'
import type {Prober} from './prober.ts'

/** A probe that an operator asked for; it counts like any other. */
export async function probeNow(prober: Prober, backend: Backend, redactor: Redactor): Promise<ProbeAnswer> {
  const result = await prober.probe(backend)
  const error = result === undefined ? unavailable(backend).message : result.error
  return {
    serverId: backend.id,
    ok: result?.ok ?? false,
    latencyMs: result === undefined ? null : Number(result.latencyMs.toFixed(3)),
    error: error === null ? null : shortText(redactor.text(error), 1024),
  }
}
