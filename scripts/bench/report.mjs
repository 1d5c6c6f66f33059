/** The benchmark as text: the subjects by row, then the goals. */
import {textTable} from '../../test/conformance/comparison.ts'
import {round} from './goals.ts'

const cell = value => (value === undefined || value === null ? '-' : round(value))
const times = (value, base) => (value === undefined || base === undefined ? '-' : round(value / base))

export function subjectTable(results) {
  const base = results.find(({id}) => id === 'only1mcp')?.median
  const head = [
    'subject',
    'calls/s',
    'CPU us/call',
    'x ours',
    'p50 us',
    'p99 us',
    'CPU us/list',
    'RSS MiB',
    'bytes',
    'note',
  ]
  const rows = results.map(({id, title, why, median, spread, failures, sameBytes}) => {
    if (why !== undefined) return [id, '-', '-', '-', '-', '-', '-', '-', '-', `not available: ${why}`]
    const {rps, cpuUsPerCall, p50Us, p99Us, cpuUsPerList, rssMiB} = median
    const cpu = `${cell(cpuUsPerCall)} (${cell(spread.cpuUsPerCall[0])}-${cell(spread.cpuUsPerCall[1])})`
    const note = failures > 0 ? `${title}; ${failures} calls failed` : title
    const relative = times(cpuUsPerCall, base?.cpuUsPerCall)
    return [
      id,
      cell(rps),
      cpu,
      relative,
      cell(p50Us),
      cell(p99Us),
      cell(cpuUsPerList),
      cell(rssMiB),
      sameBytes ? 'same' : 'other',
      note,
    ]
  })
  return textTable([head, ...rows])
}

export function goalTable(judged) {
  const rows = judged.map(({text, limit, value, verdict}) => [text, limit, cell(value), verdict])
  return textTable([['goal', 'limit', 'measured', ''], ...rows])
}
