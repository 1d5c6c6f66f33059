import {describe, expect, test} from 'vitest'
import {declarationFault, headerDeclarations} from '../../../src/proxy/header-declarations.ts'
import {makeParamHeaders} from '../../../src/proxy/methods/param-headers.ts'

const tool = (properties: object): Buffer =>
  Buffer.from(JSON.stringify({name: 'x', inputSchema: {type: 'object', properties}}))
const call = (args: object): Buffer => Buffer.from(JSON.stringify({name: 'x', arguments: args}))

describe('arguments mirrored in headers', () => {
  test('are found through properties alone', () => {
    const nested = {type: 'object', properties: {zone: {type: 'string', 'x-mcp-header': 'Zone'}}}
    const listed = {type: 'array', items: {type: 'string', 'x-mcp-header': 'No'}}
    expect(headerDeclarations({properties: {place: nested, listed}})).toEqual([
      {path: ['place', 'zone'], header: 'Zone', type: 'string'},
    ])
  })

  test('become headers as the server compares them; null and missing ones do not', () => {
    const region = {type: 'string', 'x-mcp-header': 'Region'}
    const count = {type: 'integer', 'x-mcp-header': 'Count'}
    const dry = {type: 'boolean', 'x-mcp-header': 'Dry'}
    const described = tool({region, count, dry, plain: {type: 'string'}})
    expect(makeParamHeaders(described, call({region: 'us west', count: 42, dry: false, plain: 'p'}))).toEqual({
      'mcp-param-region': 'us west',
      'mcp-param-count': '42',
      'mcp-param-dry': 'false',
    })
    expect(makeParamHeaders(described, call({region: ' é\r\nX-Evil: 1', count: null}))).toEqual({
      'mcp-param-region': `=?base64?${Buffer.from(' é\r\nX-Evil: 1').toString('base64')}?=`,
    })
  })

  test.each([
    ['no header name', {a: {type: 'string', 'x-mcp-header': ''}}],
    ['no header name', {a: {type: 'string', 'x-mcp-header': 'My Region'}}],
    ['no string, integer or boolean', {a: {type: 'number', 'x-mcp-header': 'A'}}],
    ['there twice', {a: {type: 'string', 'x-mcp-header': 'Aa'}, b: {type: 'string', 'x-mcp-header': 'aA'}}],
  ])('%s: such a declaration is a fault of the tool', (fault, properties) => {
    expect(declarationFault(tool(properties))).toContain(fault)
  })

  test('a tool without a fault has none', () => {
    expect(declarationFault(tool({a: {type: 'string', 'x-mcp-header': 'A'}, b: {type: 'number'}}))).toBeUndefined()
  })
})
