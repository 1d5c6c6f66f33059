import {describe, expect, it} from 'vitest'
import {scanMessage} from '../../src/mcp/envelope.ts'
import {classify} from '../../src/proxy/classify.ts'

type Headers = Readonly<Record<string, string>>

/** `legacy`, `modern`, or status and code of the refusal. */
function verdict(message: object, headers: Headers = {}): string {
  const body = Buffer.from(JSON.stringify({jsonrpc: '2.0', ...message}))
  const scanned = scanMessage(body)
  if (!scanned.ok) throw new Error(scanned.why)
  const classified = classify(body, scanned.message, headers)
  return 'refusal' in classified ? `${classified.refusal.status} ${classified.refusal.code}` : classified.era
}

const version = 'io.modelcontextprotocol/protocolVersion'
const capabilities = 'io.modelcontextprotocol/clientCapabilities'
const meta = {[version]: '2026-07-28', [capabilities]: {}}
const fitting = {'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list'}
const list = (_meta?: object) => ({id: 1, method: 'tools/list', ...(_meta && {params: {_meta}})})
const named = (method: string, params: object) => ({id: 1, method, params: {...params, _meta: meta}})

describe('the era of a message', () => {
  it.each<[string, object, Headers, string]>([
    ['nothing says anything', list(), {}, 'legacy'],
    ['a legacy header', list(), {'mcp-protocol-version': '2025-06-18'}, 'legacy'],
    ['a legacy header that names no revision', list(), {'mcp-protocol-version': '1999-01-01'}, '400 -32000'],
    ['two legacy headers', list(), {'mcp-protocol-version': '2025-06-18, 2025-11-25'}, '400 -32000'],
    [
      'an initialize with a header of its own',
      {id: 1, method: 'initialize'},
      {'mcp-protocol-version': '2024-10-07'},
      'legacy',
    ],
    ['an initialize', {id: 1, method: 'initialize', params: {protocolVersion: '2026-07-28'}}, {}, 'legacy'],
    ['an initialize with a modern header', {id: 1, method: 'initialize', params: {}}, fitting, '400 -32020'],
    ['a _meta without a version', list({progressToken: 1}), {}, 'legacy'],
    ['a _meta with a legacy version', list({[version]: '2025-11-25'}), {}, 'legacy'],
    ['an envelope and its headers', list(meta), fitting, 'modern'],
    ['spaces around a header', list(meta), {...fitting, 'mcp-method': ' tools/list '}, 'modern'],
    ['an envelope without headers', list(meta), {}, '400 -32020'],
    ['an envelope without Mcp-Method', list(meta), {'mcp-protocol-version': '2026-07-28'}, '400 -32020'],
    ['an envelope and a legacy header', list(meta), {...fitting, 'mcp-protocol-version': '2025-11-25'}, '400 -32020'],
    ['another method in the header', list(meta), {...fitting, 'mcp-method': 'tools/call'}, '400 -32020'],
    ['a modern header without an envelope', list(), fitting, '400 -32602'],
    ['a version that is a number', list({...meta, [version]: 1}), fitting, '400 -32602'],
    ['no capabilities', list({[version]: '2026-07-28'}), fitting, '400 -32602'],
    ['capabilities that are an array', list({...meta, [capabilities]: []}), fitting, '400 -32602'],
    [
      'a version to come',
      list({...meta, [version]: '2027-01-01'}),
      {...fitting, 'mcp-protocol-version': '2027-01-01'},
      '400 -32022',
    ],
    ['a modern notification', {method: 'notifications/cancelled'}, {'mcp-protocol-version': '2026-07-28'}, 'modern'],
    ['a legacy notification', {method: 'notifications/initialized'}, {}, 'legacy'],
    ['an answer', {id: 1, result: {}}, {'mcp-protocol-version': '2025-11-25'}, 'legacy'],
  ])('%s', (_what, message, headers, expected) => {
    expect(verdict(message, headers)).toBe(expected)
  })
})

describe('Mcp-Name', () => {
  const headers = (method: string, name?: string): Headers => ({
    ...fitting,
    'mcp-method': method,
    ...(name !== undefined && {'mcp-name': name}),
  })
  const base64 = (text: string): string => `=?base64?${Buffer.from(text).toString('base64')}?=`

  it.each<[string, object, string | undefined, string]>([
    ['tools/call', {name: 'a'}, 'a', 'modern'],
    ['prompts/get', {name: 'a'}, 'a', 'modern'],
    ['resources/read', {uri: 'file:///a b'}, 'file:///a b', 'modern'],
    ['tools/call', {name: 'é \u2028'}, base64('é \u2028'), 'modern'],
    ['tools/call', {name: 'a'}, base64('a'), 'modern'],
    ['tools/call', {name: base64('a')}, base64(base64('a')), 'modern'],
    ['tools/call', {name: 'a'}, 'A', '400 -32020'],
    ['tools/call', {name: 'a'}, undefined, '400 -32020'],
    ['tools/call', {name: 'a'}, '=?base64?YQ', '400 -32020'],
    ['tools/call', {name: base64('a')}, base64('a'), '400 -32020'],
    ['resources/read', {uri: 'a', name: 'b'}, 'b', '400 -32020'],
    ['tools/call', {}, undefined, 'modern'],
    ['tools/call', {name: 7}, undefined, 'modern'],
    ['tools/list', {name: 'a'}, undefined, 'modern'],
    ['constructor', {name: 'a'}, undefined, 'modern'],
    ['__proto__', {name: 'a'}, undefined, 'modern'],
    ['toString', {}, undefined, 'modern'],
  ])('of %s with %j, sent as %j', (method, params, name, expected) => {
    expect(verdict(named(method, params), headers(method, name))).toBe(expected)
  })
})
