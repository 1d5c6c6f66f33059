import type {RedactionReport, Redactor, SecretMarks} from './redactor.ts'

/** Shorter strings would hit by chance (`true`, `8080`): they are protected by their place (marks), not by value. */
const shortestKnown = 8

const knownMask = '‹secret:known›'
const markedMask = '‹secret:marked›'

/** A redactor that can be told of more secrets; none is ever forgotten. */
export interface KnownValues extends Redactor {
  learn(secrets: Iterable<string>): void
}

/**
 * A redactor that knows exact secret values, and hides them in their plain, base64, URL-encoded and JSON-escaped forms.
 *
 * @example knownValuesRedactor([process.env.GITHUB_TOKEN ?? '']).text('Bearer ghp_…')
 */
export function knownValuesRedactor(secrets: Iterable<string>): KnownValues {
  const known = new Set(secrets)
  let needles = needlesOf(known)
  const counts: Record<string, number> = {}
  const count = (rule: string): void => {
    counts[rule] = (counts[rule] ?? 0) + 1
  }

  function text(input: string): string {
    let output = input
    for (const needle of needles) {
      if (!output.includes(needle)) continue
      const parts = output.split(needle)
      for (let i = 1; i < parts.length; i++) count('known')
      output = parts.join(knownMask)
    }
    return output
  }

  function value(input: unknown, marks: SecretMarks = []): unknown {
    if (marks.some(path => path.length === 0) && input !== undefined && input !== null) {
      count('marked')
      return markedMask
    }
    if (typeof input === 'string') return text(input)
    if (Array.isArray(input)) return input.map((item, index) => value(item, below(marks, String(index))))
    if (typeof input === 'object' && input !== null) {
      return Object.fromEntries(Object.entries(input).map(([key, item]) => [text(key), value(item, below(marks, key))]))
    }
    return input
  }

  const report = (): RedactionReport => ({counts: {...counts}})
  const learn = (more: Iterable<string>): void => {
    const before = known.size
    for (const secret of more) known.add(secret)
    if (known.size > before) needles = needlesOf(known)
  }
  return {text, value, report, learn}
}

/** Every form in which a known value may turn up, longest first so that no rest of a longer one is left. */
function needlesOf(secrets: Iterable<string>): string[] {
  const needles = new Set<string>()
  for (const secret of secrets) {
    if (secret.length < shortestKnown) continue
    const base64 = Buffer.from(secret).toString('base64')
    const forms = [
      secret,
      base64.replace(/=+$/, ''),
      Buffer.from(secret).toString('base64url'),
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
    ]
    for (const form of forms) needles.add(form)
  }
  return [...needles].sort((a, b) => b.length - a.length)
}

function below(marks: SecretMarks, key: string): SecretMarks {
  return marks.filter(path => path[0] === key || path[0] === '*').map(path => path.slice(1))
}
