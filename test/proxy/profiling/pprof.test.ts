import {Profile} from 'pprof-format'
import {expect, it} from 'vitest'
import {addCpuProfile} from '../../../src/proxy/profiling/cpu-recording.ts'
import {addHeapProfile} from '../../../src/proxy/profiling/heap-sampling.ts'
import {encodePprof} from '../../../src/proxy/profiling/pprof.ts'
import {StackTree} from '../../../src/proxy/profiling/stack-tree.ts'

const frame = (functionName: string, lineNumber = 9) => ({functionName, url: 'file:///app/a.js', lineNumber})

/** `leaf < … < root: values` of each sample. */
function stacksOf(tree: StackTree): string[] {
  const bytes = encodePprof(tree, {
    sampleTypes: [
      ['samples', 'count'],
      ['cpu', 'nanoseconds'],
    ],
    shownFirst: 'cpu',
    periodType: ['cpu', 'nanoseconds'],
    period: 1_000_000,
    startedAtMs: 1_700_000_000_000,
    durationMs: 5,
  })
  const profile = Profile.decode(bytes)
  const text = (index: number | bigint): string => profile.stringTable.strings[Number(index)] ?? ''
  const place = (id: number | bigint): string => {
    const line = profile.location.find(each => each.id === id)?.line[0]
    const made = profile.function.find(each => each.id === line?.functionId)
    return `${text(made?.name ?? 0)}@${text(made?.filename ?? 0)}:${line?.line}`
  }
  return profile.sample
    .map(({locationId, value}) => `${locationId.map(place).join(' < ')}: ${value.map(Number)}`)
    .sort()
}

const nodes = [
  {id: 1, callFrame: frame('(root)', -1), children: [2, 3]},
  {id: 2, callFrame: frame('outer'), children: [4]},
  {id: 3, callFrame: {functionName: '(idle)', url: '', lineNumber: -1}},
  {id: 4, callFrame: frame('', 19)},
]

it('a CPU profile holds each stack once, with the time up to the next sample, and nothing of what was idle', () => {
  const tree = new StackTree()
  const profile = {nodes, samples: [4, 3, 2, 4], timeDeltas: [100, 1000, 5000, 2000], startTime: 0, endTime: 9000}
  addCpuProfile(tree, profile)
  const once = ['(anonymous)@/app/a.js:20 < outer@/app/a.js:10: 2,1900000', 'outer@/app/a.js:10: 1,2000000']
  expect(stacksOf(tree)).toEqual(once)
  addCpuProfile(tree, profile)
  expect(stacksOf(tree)).toEqual(once.map(line => line.replace('2,19', '4,38').replace('1,20', '2,40')))
})

it('a heap profile holds the bytes that are alive by the function that allocated them', () => {
  const tree = new StackTree()
  const leaf = {id: 3, callFrame: frame('makes'), selfSize: 4096, children: []}
  const caller = {id: 2, callFrame: frame('calls'), selfSize: 0, children: [leaf]}
  addHeapProfile(tree, {
    head: {id: 1, callFrame: frame('(root)', -1), selfSize: 0, children: [caller]},
    samples: [{nodeId: 3}, {nodeId: 3}],
  })
  expect(stacksOf(tree)).toEqual(['makes@/app/a.js:10 < calls@/app/a.js:10: 2,4096'])
})
