import {InspectorSession} from './inspector-session.ts'
import {encodePprof} from './pprof.ts'
import {type CallFrame, type StackNode, StackTree} from './stack-tree.ts'

interface HeapNode {
  readonly callFrame: CallFrame
  readonly id: number
  /** Bytes, scaled up by the engine from what it sampled. */
  readonly selfSize: number
  readonly children: readonly HeapNode[]
}

export interface HeapProfile {
  readonly head: HeapNode
  readonly samples: readonly {readonly nodeId: number}[]
}

/** Bytes between two samples, on average. */
const intervalBytes = 16 * 1024

/**
 * Which functions allocated what is still alive, since the sampling began. `inuse_objects` counts sampled objects: the
 * engine does not tell how many stand behind each.
 */
export class HeapSampling {
  readonly #session = new InspectorSession()
  readonly #startedAtMs = Date.now()
  readonly #startedAt = performance.now()
  #stopped = false

  constructor() {
    this.#session.post('HeapProfiler.enable')
    this.#session.post('HeapProfiler.startSampling', {samplingInterval: intervalBytes})
  }

  /** @returns pprof, not compressed */
  take(): Uint8Array {
    const {profile} = this.#session.post<{profile: HeapProfile}>('HeapProfiler.getSamplingProfile')
    const tree = new StackTree()
    addHeapProfile(tree, profile)
    return encodePprof(tree, {
      sampleTypes: [
        ['inuse_objects', 'count'],
        ['inuse_space', 'bytes'],
      ],
      shownFirst: 'inuse_space',
      periodType: ['space', 'bytes'],
      period: intervalBytes,
      startedAtMs: this.#startedAtMs,
      durationMs: performance.now() - this.#startedAt,
    })
  }

  stop(): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#session.post('HeapProfiler.stopSampling')
    this.#session.post('HeapProfiler.disable')
    this.#session.close()
  }
}

export function addHeapProfile(tree: StackTree, {head, samples}: HeapProfile): void {
  const counts = new Map<number, number>()
  for (const {nodeId} of samples) counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1)
  const open: {from: HeapNode; to: StackNode}[] = [{from: head, to: tree.root}]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const {from, to} = next
    to.values[0] += counts.get(from.id) ?? 0
    to.values[1] += from.selfSize
    for (const child of from.children) open.push({from: child, to: tree.child(to, child.callFrame)})
  }
}
