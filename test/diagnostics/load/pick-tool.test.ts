import {expect, test} from 'vitest'
import {pickTool, toolForLoad} from '../../../src/diagnostics/load/pick-tool.ts'

const read = (name: string, annotations?: unknown, required?: unknown) =>
  toolForLoad({name, annotations, inputSchema: {type: 'object', required}})

test('of hints only what is said outright counts', () => {
  expect(read('a')).toEqual({name: 'a', readOnly: false, destructive: false, required: []})
  expect(read('a', {readOnlyHint: 'true'})).toMatchObject({readOnly: false})
  expect(read('a', {readOnlyHint: true, destructiveHint: true})).toMatchObject({readOnly: true, destructive: false})
  expect(read('a', {destructiveHint: true}, ['x', 1])).toMatchObject({destructive: true, required: ['x']})
})

test.each([null, 7, 'x', {}, {name: ''}, {name: 7}, []])('%j is no tool', definition => {
  expect(toolForLoad(definition)).toBeUndefined()
})

test('picks the first that only reads and needs nothing, and else none', () => {
  const tools = [
    read('wipe', {destructiveHint: true}),
    read('find', {readOnlyHint: true}, ['q']),
    read('list', {readOnlyHint: true}),
  ]
  const known = tools.filter(tool => tool !== undefined)
  expect(pickTool(known)?.name).toBe('list')
  expect(pickTool(known.slice(0, 2))).toBeUndefined()
})
