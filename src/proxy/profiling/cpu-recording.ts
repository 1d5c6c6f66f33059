import {InspectorSession} from './inspector-session.ts'
import {encodePprof} from './pprof.ts'
import {type CallFrame, type StackNode, StackTree} from './stack-tree.ts'

interface CpuNode {
  readonly id: number
  readonly callFrame: CallFrame
  readonly children?: readonly number[]
}

interface CpuProfile {
  readonly nodes: readonly CpuNode[]
  readonly samples?: readonly number[]
  /** Microseconds between a sample and the one before. */
  readonly timeDeltas?: readonly number[]
  readonly startTime: number
  readonly endTime: number
}

/** The engine keeps every sample until it is stopped: it is stopped and started anew this often. */
const foldEveryMs = 60_000

/** Where the main thread spends its time. What it is idle is left out, so that the sum is processor time. */
export class CpuRecording {
  readonly #session = new InspectorSession()
  readonly #tree = new StackTree()
  readonly #intervalUs: number
  readonly #startedAtMs = Date.now()
  readonly #startedAt = performance.now()
  readonly #timer: NodeJS.Timeout
  #pprof: Uint8Array | undefined

  /** @param intervalUs between two samples */
  constructor(intervalUs: number) {
    this.#intervalUs = intervalUs
    this.#session.post('Profiler.enable')
    this.#session.post('Profiler.setSamplingInterval', {interval: intervalUs})
    this.#session.post('Profiler.start')
    this.#timer = setInterval(() => {
      this.#fold()
      this.#session.post('Profiler.start')
    }, foldEveryMs)
    this.#timer.unref()
  }

  /** Ends it; a second time gives the same. @returns pprof, not compressed */
  stop(): Uint8Array {
    if (this.#pprof) return this.#pprof
    clearInterval(this.#timer)
    this.#fold()
    this.#session.post('Profiler.disable')
    this.#session.close()
    this.#pprof = encodePprof(this.#tree, {
      sampleTypes: [
        ['samples', 'count'],
        ['cpu', 'nanoseconds'],
      ],
      shownFirst: 'cpu',
      periodType: ['cpu', 'nanoseconds'],
      period: this.#intervalUs * 1000,
      startedAtMs: this.#startedAtMs,
      durationMs: performance.now() - this.#startedAt,
    })
    return this.#pprof
  }

  #fold(): void {
    addCpuProfile(this.#tree, this.#session.post<{profile: CpuProfile}>('Profiler.stop').profile)
  }
}

/** Adds what the engine recorded: a count, and the nanoseconds from each sample to the next. */
export function addCpuProfile(tree: StackTree, profile: CpuProfile): void {
  const byId = new Map(profile.nodes.map(node => [node.id, node]))
  const stacks = new Map<number, StackNode>()
  const root = profile.nodes[0]
  if (root === undefined) return
  stacks.set(root.id, tree.root)
  // Parents stand in front of their children.
  for (const node of profile.nodes) {
    const stack = stacks.get(node.id)
    if (stack === undefined) continue
    for (const id of node.children ?? []) {
      const child = byId.get(id)
      if (child) stacks.set(id, tree.child(stack, child.callFrame))
    }
  }
  const {samples = [], timeDeltas = []} = profile
  let at = profile.startTime
  for (let i = 0; i < samples.length; i++) {
    at += timeDeltas[i] ?? 0
    const next = i + 1 < samples.length ? at + (timeDeltas[i + 1] ?? 0) : profile.endTime
    const stack = stacks.get(samples[i] ?? -1)
    if (stack === undefined || stack.frame.functionName === '(idle)') continue
    stack.values[0]++
    stack.values[1] += Math.max(0, next - at) * 1000
  }
}
