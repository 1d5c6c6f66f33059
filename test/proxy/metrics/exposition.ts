/** A strict reader of Prometheus' text format 0.0.4, as `promtool check metrics` reads it. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export function samplesOf(page: string): Sample[] {
  return page
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(readSample)
}

function readSample(line: string): Sample {
  const match = /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)$/.exec(line)
  if (match === null) throw new Error(`no sample: ${line}`)
  const labels: Record<string, string> = {}
  for (const [, name = '', value = ''] of (match[2] ?? '').matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)) {
    if (name in labels) throw new Error(`label twice: ${line}`)
    labels[name] = value.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char))
  }
  return {name: match[1] ?? '', labels, value: Number(match[3])}
}

/** Everything that a strict reader or a linter would object to. */
export function formatProblems(page: string): string[] {
  const problems: string[] = []
  const types = new Map<string, string>()
  const helped = new Set<string>()
  const seen = new Set<string>()
  let family = ''
  if (!page.endsWith('\n')) problems.push('the last line has no end')
  for (const line of page.split('\n').slice(0, -1)) {
    const head = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line)
    if (head?.[1] === 'HELP') {
      if (helped.has(head[2] ?? '')) problems.push(`HELP twice: ${line}`)
      helped.add(head[2] ?? '')
    } else if (head?.[1] === 'TYPE') {
      family = head[2] ?? ''
      if (types.has(family)) problems.push(`TYPE twice: ${line}`)
      if (!helped.has(family)) problems.push(`no HELP: ${line}`)
      types.set(family, head[3] ?? '')
      if ((head[3] === 'counter') !== family.endsWith('_total')) problems.push(`counters end in _total: ${line}`)
    } else {
      const sample = readSample(line)
      const base = types.get(family) === 'histogram' ? sample.name.replace(/_(bucket|sum|count)$/, '') : sample.name
      if (base !== family) problems.push(`not of its family ${family}: ${line}`)
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()])
      if (seen.has(key)) problems.push(`sample twice: ${line}`)
      seen.add(key)
      if (!Number.isFinite(sample.value)) problems.push(`no number: ${line}`)
      if (types.get(family) === 'counter' && sample.value < 0) problems.push(`negative counter: ${line}`)
    }
  }
  return [...problems, ...histogramProblems(page, types)]
}

function histogramProblems(page: string, types: ReadonlyMap<string, string>): string[] {
  const problems: string[] = []
  const samples = samplesOf(page)
  for (const [family, type] of types) {
    if (type !== 'histogram') continue
    const groups = new Map<string, Sample[]>()
    for (const sample of samples.filter(({name}) => name.startsWith(`${family}_`))) {
      const {le: _, ...labels} = sample.labels
      const key = JSON.stringify(labels)
      groups.set(key, [...(groups.get(key) ?? []), sample])
    }
    for (const [labels, group] of groups) {
      const buckets = group.filter(({name}) => name === `${family}_bucket`)
      const limits = buckets.map(({labels: {le}}) => (le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le)))
      const rises = (numbers: readonly number[]): boolean =>
        numbers.every((n, i) => i === 0 || n >= (numbers[i - 1] ?? 0))
      if (!rises(limits) || limits.at(-1) !== Number.POSITIVE_INFINITY) problems.push(`limits of ${family}${labels}`)
      if (!rises(buckets.map(({value}) => value))) problems.push(`not cumulative: ${family}${labels}`)
      const count = group.find(({name}) => name === `${family}_count`)?.value
      if (count !== buckets.at(-1)?.value) problems.push(`+Inf is not the count: ${family}${labels}`)
      if (!group.some(({name}) => name === `${family}_sum`)) problems.push(`no sum: ${family}${labels}`)
    }
  }
  return problems
}
