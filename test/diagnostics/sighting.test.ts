import {expect, test} from 'vitest'
import {mainSighting} from '../../src/diagnostics/sighting.ts'
import {sighting} from './world.ts'

const absent = {
  read: {state: 'absent', path: '/x/runtime.json', why: 'does not exist'},
  process: null,
  socket: null,
} as const

test('of folders without a record, one that holds anything is the one that a runtime had', () => {
  const empty = sighting({...absent, stateDir: '/var/lib/only1mcp', used: false})
  const used = sighting({...absent, stateDir: '/home/op/.local/state/only1mcp', used: true})
  expect(mainSighting([empty, used])).toBe(used)
  expect(mainSighting([empty, {...used, used: false}])).toBe(empty)
})

test('a living runtime comes before any leftover', () => {
  const left = sighting({...absent, used: true})
  const living = sighting()
  expect(mainSighting([left, living])).toBe(living)
})
