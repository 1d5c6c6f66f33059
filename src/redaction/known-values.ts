import type {RedactionReport, Redactor, SecretMarks} from './redactor.ts'

/** A redactor that gets to know further values while the process runs. */
export interface LearningRedactor extends Redactor {
  /**
   * Hides `secret` from now on. The newest eight of an owner are known: a token that is renewed each hour is of no worth
   * after that.
   * @param owner such as `server:github`
   */
  learn(owner: string, secret: string): void
}

const learntOfOne = 8

/** Of a secret at least twice as long, so much of its beginning tells it: texts are cut, and with them what they quote. */
const tellingStart = 16

/** Shorter strings would hit by chance (`true`, `8080`): they are protected by their place (marks), not by value. */
const shortestKnown = 8

const knownMask = '‹secret:known›'
const markedMask = '‹secret:marked›'

/**
 * A redactor that knows exact secret values, and hides them in their plain, base64, URL-encoded and JSON-escaped forms.
 *
 * @example knownValuesRedactor([process.env.GITHUB_TOKEN ?? '']).text('Bearer ghp_…')
 */
export function knownValuesRedactor(secrets: Iterable<string>): LearningRedactor {
  const fixed = [...secrets]
  const learnt = new Map<string, readonly string[]>()
  let needles = needlesOf(fixed)
  const counts: Record<string, number> = {}
  const count = (rule: string): void => {
    counts[rule] = (counts[rule] ?? 0) + 1
  }

  function text(input: string): string {
    let output = input
    for (const needle of needles) {
      const start = needle.length < 2 * tellingStart ? needle : needle.slice(0, tellingStart)
      const parts = output.split(start)
      if (parts.length === 1) continue
      output = parts.reduce((before, after) => {
        count('known')
        return `${before}${knownMask}${after.slice(sharedStart(after, needle.slice(start.length)))}`
      })
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

  function learn(owner: string, secret: string): void {
    const others = (learnt.get(owner) ?? []).filter(each => each !== secret)
    learnt.set(owner, [...others, secret].slice(-learntOfOne))
    needles = needlesOf([...fixed, ...[...learnt.values()].flat()])
  }

  const report = (): RedactionReport => ({counts: {...counts}})
  return {text, value, report, learn}
}

/** How much of `rest` a text begins with. */
function sharedStart(text: string, rest: string): number {
  let length = 0
  while (length < rest.length && text[length] === rest[length]) length++
  return length
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
