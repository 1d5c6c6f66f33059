import type {LatencyHistogram} from '../../shared/latency-buckets.ts'

const boundariesSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const boundariesMs = boundariesSeconds.map(seconds => seconds * 1000)
const limitTexts = boundariesSeconds.map(seconds => `le="${seconds}"} `)

export type Labels = Readonly<Record<string, string>>

/** A page in Prometheus' text format 0.0.4, written family by family. */
export class MetricsPage {
  #text = ''
  #name = ''

  get text(): string {
    return this.#text
  }

  /** Begins a family; its samples follow. @param help one line */
  family(name: string, type: 'counter' | 'gauge' | 'histogram', help: string): void {
    this.#name = name
    this.#text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
  }

  sample(labels: Labels, value: number): void {
    const inner = labelText(labels)
    this.#text += `${this.#name}${inner === '' ? '' : `{${inner}}`} ${value}\n`
  }

  /** A family with one sample and no labels. */
  single(name: string, type: 'counter' | 'gauge', help: string, value: number): void {
    this.family(name, type, help)
    this.#text += `${name} ${value}\n`
  }

  histogram(labels: Labels, histogram: LatencyHistogram): void {
    const inner = labelText(labels)
    const begin = `${this.#name}_bucket{${inner === '' ? '' : `${inner},`}`
    const counts = histogram.countsUpTo(boundariesMs)
    let text = ''
    for (let i = 0; i < counts.length; i++) text += `${begin}${limitTexts[i]}${counts[i]}\n`
    const end = inner === '' ? '' : `{${inner}}`
    this.#text +=
      `${text}${begin}le="+Inf"} ${histogram.count}\n` +
      `${this.#name}_sum${end} ${histogram.sumMs / 1000}\n${this.#name}_count${end} ${histogram.count}\n`
  }
}

function labelText(labels: Labels): string {
  let text = ''
  for (const name in labels) text += `${text === '' ? '' : ','}${name}="${escapeLabel(labels[name] ?? '')}"`
  return text
}

function escapeLabel(text: string): string {
  if (!/[\\"\n]/.test(text)) return text
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
}
