import type {CheckContext, CheckResult} from '../check.ts'
import {skip} from '../check.ts'
import type {Fact, FactKey} from '../fact.ts'
import type {ToolsSight} from '../facts/backends.ts'

/** Tools of every server that may have some, as facts to ask for. */
export function toolsOf({outline}: CheckContext): FactKey<'backend.tools'>[] {
  return (outline?.servers ?? [])
    .filter(({transport}) => transport !== 'none')
    .map(({id}) => `backend.tools:${id}` as const)
}

export interface Listed extends ToolsSight {
  readonly id: string
}

/** Servers whose tools are known, from the runtime or by a probe. */
export function listed(facts: readonly Fact<'backend.tools'>[]): readonly Listed[] {
  return facts.flatMap(fact =>
    fact.state === 'known' ? [{id: fact.key.slice('backend.tools:'.length), ...fact.value}] : [],
  )
}

/** What the checks of tools say where no server's are known. */
export function noTools(): CheckResult {
  return skip('', 'the tools of no server are known', {causes: [{id: 'servers.handshake'}]})
}
