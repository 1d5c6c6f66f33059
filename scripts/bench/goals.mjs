/**
 * What the proxy has to reach, as ratios of medians of one interleaved run. `value` gets the medians by subject id and
 * the memory figures, and gives undefined when a subject it needs was not measured.
 */
const ratio = (a, b) => (a === undefined || b === undefined ? undefined : a / b)
const cpuShare = (ours, peer) => medians => ratio(medians[ours]?.cpuUsPerCall, medians[peer]?.cpuUsPerCall)
const addedMs = key => medians => {
  const [ours, direct] = [medians.only1mcp?.[key], medians.direct?.[key]]
  return ours === undefined || direct === undefined ? undefined : (ours - direct) / 1000
}

export const goals = [
  {
    id: 'rps.sdk',
    text: 'calls a second against the SDK v2 proxy',
    atLeast: 10,
    value: medians => ratio(medians.only1mcp?.rps, medians.sdk?.rps),
  },
  {id: 'cpu.nginx', text: 'CPU a call against nginx', atMost: 5, value: cpuShare('only1mcp', 'nginx')},
  ...['mcp-hub', 'mcp-proxy', 'supergateway'].map(peer => ({
    id: `cpu.${peer}`,
    text: `CPU a call against ${peer}`,
    atMost: 1 / 3,
    value: cpuShare('only1mcp', peer),
  })),
  ...['mcp-proxy', 'supergateway'].map(peer => ({
    id: `cpu.stdio.${peer}`,
    text: `CPU a call, stdio backend, against ${peer}`,
    atMost: 1 / 10,
    value: cpuShare('only1mcp-stdio', peer),
  })),
  {id: 'latency.p50', text: 'added median at 200/s, ms', atMost: 1, value: addedMs('p50Us')},
  {id: 'latency.p99', text: 'added p99 at 200/s, ms', atMost: 5, value: addedMs('p99Us')},
  {
    id: 'list.sdk',
    text: 'CPU a list of 100 tools against the SDK v2 proxy',
    atMost: 1 / 10,
    value: medians => ratio(medians.only1mcp?.cpuUsPerList, medians.sdk?.cpuUsPerList),
  },
  {
    id: 'memory.idle',
    text: 'MiB with 100 idle HTTP servers',
    atMost: 110,
    value: (_medians, memory) => memory.idleRssMiB,
  },
  {id: 'memory.load', text: 'MiB under load', atMost: 140, value: medians => medians.only1mcp?.rssMiB},
]

/** @returns {{id: string, text: string, limit: string, value?: number, verdict: 'met' | 'missed' | 'not measured'}[]} */
export function judgeGoals(medians, memory) {
  return goals.map(({id, text, atLeast, atMost, value}) => {
    const limit = atLeast === undefined ? `<= ${round(atMost)}` : `>= ${round(atLeast)}`
    const measured = value(medians, memory)
    if (measured === undefined) return {id, text, limit, verdict: 'not measured'}
    const met = atLeast === undefined ? measured <= atMost : measured >= atLeast
    return {id, text, limit, value: measured, verdict: met ? 'met' : 'missed'}
  })
}

export const round = value => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2))

export function median(values) {
  const sorted = values.filter(value => value !== undefined && value !== null).sort((a, b) => a - b)
  if (sorted.length === 0) return undefined
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
