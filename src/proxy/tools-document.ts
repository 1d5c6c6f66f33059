import type {IncomingMessage} from 'node:http'
import type {AccessGate} from './access/gate.ts'
import type {Catalogue} from './catalogue.ts'
import {mayDebug} from './logging/debug-request.ts'
import type {Services} from './method-call.ts'
import type {OpenRequest} from './open-request.ts'

export interface ToolsDocumentOptions {
  readonly gate: AccessGate | undefined
  readonly catalogue: Catalogue
  readonly services: Pick<Services, 'detail' | 'now' | 'listTimeoutMs'>
  readonly principalOf: (request: IncomingMessage) => string
  readonly authIsOn: boolean
}

/** `GET /api/tools/list`: the merged tools as their sender may see them, with `X-Debug` also for the log in detail. */
export async function toolsDocument(
  {gate, catalogue, services, principalOf, authIsOn}: ToolsDocumentOptions,
  request: IncomingMessage,
  record: OpenRequest,
): Promise<Buffer> {
  if (request.headers['x-debug'] !== undefined) record.debug = mayDebug(request, principalOf(request), authIsOn)
  const detail = services.detail.debugs(record) ? services.detail : undefined
  detail?.asked(record, request, services.now())
  const merged = await (gate?.listsFor(request, catalogue) ?? catalogue).settled(services.listTimeoutMs)
  detail?.listed(record, 'tools', merged, services.now())
  return Buffer.concat([Buffer.from('{"tools":['), merged.lists.tools.elements, Buffer.from(']}\n')])
}
