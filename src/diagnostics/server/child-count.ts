import {readdirSync} from 'node:fs'
import {readProcessStat} from '../../shared/proc.ts'

/** How many processes stand below one, at whatever depth. 0 without a /proc to read. */
export function childCount(root: number): number {
  const childrenOf = new Map<number, number[]>()
  let names: string[]
  try {
    names = readdirSync('/proc')
  } catch {
    return 0 // no /proc here
  }
  for (const name of names) {
    const stat = /^\d+$/.test(name) ? readProcessStat(Number(name)) : undefined
    if (stat !== undefined) childrenOf.set(stat.parentPid, [...(childrenOf.get(stat.parentPid) ?? []), stat.pid])
  }
  const seen = new Set<number>()
  const waiting = [root]
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop())
    for (const child of childrenOf.get(pid) ?? [])
      if (!seen.has(child)) {
        seen.add(child)
        waiting.push(child)
      }
  return seen.size
}
