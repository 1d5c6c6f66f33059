/**
 * What the proxy has to reach, as ratios of medians of one interleaved run. `value` gets the medians by subject id and
 * the memory figures, and gives undefined when a subject it needs was not measured.
 */
export interface Figures {
  readonly rps?: number | undefined
  readonly cpuUsPerCall?: number | undefined
  readonly cpuUsPerList?: number | undefined
  readonly p50Us?: number | undefined
  readonly p99Us?: number | undefined
  readonly rssMiB?: number | undefined
}
export type Medians = Readonly<Record<string, Figures>>
export interface Memory {
  readonly idleRssMiB?: number
}

interface Goal {
  readonly id: string
  readonly text: string
  readonly limit: {readonly atLeast: number} | {readonly atMost: number}
  readonly value: (medians: Medians, memory: Memory) => number | undefined
}

export interface JudgedGoal {
  readonly id: string
  readonly text: string
  readonly limit: string
  readonly value: number | undefined
  readonly verdict: 'met' | 'missed' | 'not measured'
}

const against =
  (figure: keyof Figures, ours: string, other: string) =>
  (medians: Medians): number | undefined => {
    const [own, base] = [medians[ours]?.[figure], medians[other]?.[figure]]
    return own === undefined || base === undefined ? undefined : own / base
  }
const addedMs =
  (figure: 'p50Us' | 'p99Us') =>
  (medians: Medians): number | undefined => {
    const [own, base] = [medians.only1mcp?.[figure], medians.direct?.[figure]]
    return own === undefined || base === undefined ? undefined : (own - base) / 1000
  }

export const goals: readonly Goal[] = [
  {
    id: 'rps.sdk',
    text: 'calls a second against the SDK v2 proxy',
    limit: {atLeast: 10},
    value: against('rps', 'only1mcp', 'sdk'),
  },
  {
    id: 'cpu.nginx',
    text: 'CPU a call against nginx',
    limit: {atMost: 5},
    value: against('cpuUsPerCall', 'only1mcp', 'nginx'),
  },
  ...['mcp-hub', 'mcp-proxy', 'supergateway'].map(peer => ({
    id: `cpu.${peer}`,
    text: `CPU a call against ${peer}`,
    limit: {atMost: 1 / 3},
    value: against('cpuUsPerCall', 'only1mcp', peer),
  })),
  ...['mcp-proxy', 'supergateway'].map(peer => ({
    id: `cpu.stdio.${peer}`,
    text: `CPU a call, stdio backend, against ${peer}`,
    limit: {atMost: 1 / 10},
    value: against('cpuUsPerCall', 'only1mcp-stdio', peer),
  })),
  {id: 'latency.p50', text: 'added median at 200/s, ms', limit: {atMost: 1}, value: addedMs('p50Us')},
  {id: 'latency.p99', text: 'added p99 at 200/s, ms', limit: {atMost: 5}, value: addedMs('p99Us')},
  {
    id: 'list.sdk',
    text: 'CPU a list of 100 tools against the SDK v2 proxy',
    limit: {atMost: 1 / 10},
    value: against('cpuUsPerList', 'only1mcp', 'sdk'),
  },
  {
    id: 'memory.idle',
    text: 'MiB with 100 idle HTTP servers of 10 tools each',
    limit: {atMost: 110},
    value: (_medians, {idleRssMiB}) => idleRssMiB,
  },
  {
    id: 'memory.load',
    text: 'MiB under load',
    limit: {atMost: 140},
    value: medians => medians.only1mcp?.rssMiB,
  },
]

export function judgeGoals(medians: Medians, memory: Memory): JudgedGoal[] {
  return goals.map(({id, text, limit, value}) => {
    const measured = value(medians, memory)
    const met = measured !== undefined && ('atMost' in limit ? measured <= limit.atMost : measured >= limit.atLeast)
    return {
      id,
      text,
      limit: 'atMost' in limit ? `<= ${round(limit.atMost)}` : `>= ${round(limit.atLeast)}`,
      value: measured,
      verdict: measured === undefined ? 'not measured' : met ? 'met' : 'missed',
    }
  })
}

/** Three significant digits or so: 0.33, 12.3, 123. */
export const round = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)

export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low, high] = [sorted[middle - 1], sorted[middle]]
  return sorted.length % 2 === 1 || low === undefined || high === undefined ? high : (low + high) / 2
}
