/** A function as the engine names it. */
export interface CallFrame {
  readonly functionName: string
  readonly url: string
  /** Zero-based; -1 for what is no JavaScript. */
  readonly lineNumber: number
}

export interface StackNode {
  readonly frame: CallFrame
  readonly children: Map<string, StackNode>
  /** One figure for each sample type of the profile. */
  readonly values: [number, number]
}

/**
 * Figures by call stack, summed up: a recording of days takes as much memory as there are different stacks, not as there
 * are samples.
 */
export class StackTree {
  readonly root = newNode({functionName: '(root)', url: '', lineNumber: -1})

  /** The node of a function that is called from `parent`. */
  child(parent: StackNode, frame: CallFrame): StackNode {
    const key = `${frame.functionName}\n${frame.url}\n${frame.lineNumber}`
    const known = parent.children.get(key)
    if (known) return known
    const made = newNode(frame)
    parent.children.set(key, made)
    return made
  }
}

function newNode(frame: CallFrame): StackNode {
  return {frame, children: new Map(), values: [0, 0]}
}
