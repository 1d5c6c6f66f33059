import {Line, Location, Mapping, Function as PprofFunction, Profile, Sample, StringTable, ValueType} from 'pprof-format'
import type {CallFrame, StackNode, StackTree} from './stack-tree.ts'

/** A kind of figure and its unit, such as `cpu` in `nanoseconds`. */
export type SampleType = readonly [type: string, unit: string]

export interface PprofOptions {
  /** What the two values of each stack are. */
  readonly sampleTypes: readonly [SampleType, SampleType]
  /** The sample type that a viewer shows first. */
  readonly shownFirst: string
  readonly periodType: SampleType
  readonly period: number
  readonly startedAtMs: number
  readonly durationMs: number
}

/** The tree as pprof's protocol buffer, before compression. */
export function encodePprof(tree: StackTree, options: PprofOptions): Uint8Array {
  const strings = new StringTable()
  const valueType = ([type, unit]: SampleType): ValueType =>
    new ValueType({type: strings.dedup(type), unit: strings.dedup(unit)})
  const places = new Places(strings)
  const samples: Sample[] = []
  // A stack of the engine can be deeper than ours may be while we walk it.
  const open: {node: StackNode; stack: number[]}[] = [...tree.root.children.values()].map(node => ({node, stack: []}))
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const {values, children} = next.node
    if (children.size === 0 && values.every(value => value === 0)) continue
    const stack = [places.idOf(next.node.frame), ...next.stack]
    if (values.some(value => value > 0)) samples.push(new Sample({locationId: stack, value: values.map(Math.round)}))
    for (const node of children.values()) open.push({node, stack})
  }
  // Says that names are known, so that no viewer looks for a binary to find them in.
  const mapping = new Mapping({
    id: 1,
    filename: strings.dedup('only1mcp'),
    hasFunctions: true,
    hasFilenames: true,
    hasLineNumbers: true,
  })
  return new Profile({
    sampleType: options.sampleTypes.map(valueType),
    sample: samples,
    mapping: [mapping],
    location: places.locations,
    function: places.functions,
    stringTable: strings,
    timeNanos: BigInt(Math.round(options.startedAtMs)) * 1_000_000n,
    durationNanos: BigInt(Math.max(1, Math.round(options.durationMs * 1e6))),
    periodType: valueType(options.periodType),
    period: options.period,
    defaultSampleType: strings.dedup(options.shownFirst),
  }).encode()
}

/** Functions and their places, each once. */
class Places {
  readonly functions: PprofFunction[] = []
  readonly locations: Location[] = []
  readonly #ids = new Map<string, number>()
  readonly #strings: StringTable

  constructor(strings: StringTable) {
    this.#strings = strings
  }

  idOf({functionName, url, lineNumber}: CallFrame): number {
    const key = `${functionName}\n${url}\n${lineNumber}`
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    const id = this.locations.length + 1
    const name = this.#strings.dedup(functionName === '' ? '(anonymous)' : functionName)
    const filename = this.#strings.dedup(url.replace(/^file:\/\//, ''))
    const line = Math.max(0, lineNumber + 1)
    this.functions.push(new PprofFunction({id, name, systemName: name, filename, startLine: line}))
    this.locations.push(new Location({id, mappingId: 1, line: [new Line({functionId: id, line})]}))
    this.#ids.set(key, id)
    return id
  }
}
