/**
 * Ids of checks for a list that people read: within an area only the first one says it, so that a whole run fits on a
 * screen: `host.memory .disk .clock port.owner`.
 */
export function checkNames(ids: Iterable<string>): string {
  const areas = new Map<string, string[]>()
  for (const id of new Set(ids)) {
    const area = id.split('.', 1)[0] ?? id
    const known = areas.get(area)
    if (known === undefined) areas.set(area, [id])
    else known.push(id.slice(area.length))
  }
  return [...areas.values()].flat().join(' ')
}
