import {withoutFormats} from './formats.ts'
import type {RedactionReport, Redactor, SecretMarks} from './redactor.ts'

/** How many of an owner's renewed secrets are known: one that is renewed each hour is of no worth after that. */
const renewedKept = 8

/** Of a secret at least twice as long, so much of its beginning tells it: texts are cut, and with them what they quote. */
const tellingStart = 16

/** Shorter strings would hit by chance (`true`, `8080`): they are protected by their place (marks), not by value. */
const shortestKnown = 8

const knownMask = '‹secret:known›'
const markedMask = '‹secret:marked›'

/** A redactor that can be told of more secrets. */
export interface KnownValues extends Redactor {
  /** None of these is ever forgotten. */
  learn(secrets: Iterable<string>): void
  /** The newest few of an owner (`server:github`) are known. */
  renew(owner: string, secret: string): void
}

/**
 * A redactor that knows exact secret values, and hides them in their plain, base64, hexadecimal, URL-encoded and
 * JSON-escaped forms, and what is a credential by its form.
 *
 * @example knownValuesRedactor([process.env.GITHUB_TOKEN ?? '']).text('Bearer ghp_…')
 */
export function knownValuesRedactor(secrets: Iterable<string>): KnownValues {
  const known = new Set(secrets)
  const renewed = new Map<string, readonly string[]>()
  let needles = needlesOf(known)
  let starts = startsOf(needles)
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
    for (const [start, rests] of starts) {
      if (!output.includes(start)) continue
      output = output.split(start).reduce((before, after) => {
        const left = after.slice(Math.max(...rests.map(rest => sharedStart(after, rest))))
        // Where a word goes on in another way it is another word: paths begin alike, and are known from environments.
        if (/^[\w/.+=~-]/.test(left)) return `${before}${start}${after}`
        count('known')
        return `${before}${knownMask}${left}`
      })
    }
    return withoutFormats(output, () => count('format'))
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
    if (known.size > before) changed()
  }
  function renew(owner: string, secret: string): void {
    const others = (renewed.get(owner) ?? []).filter(each => each !== secret)
    renewed.set(owner, [...others, secret].slice(-renewedKept))
    changed()
  }
  function changed(): void {
    needles = needlesOf([...known, ...[...renewed.values()].flat()])
    starts = startsOf(needles)
  }
  return {text, value, report, learn, renew}
}

/** The beginnings of long secrets, and how each may go on. */
function startsOf(needles: readonly string[]): Map<string, string[]> {
  const starts = new Map<string, string[]>()
  for (const needle of needles) {
    if (needle.length < 2 * tellingStart) continue
    const start = needle.slice(0, tellingStart)
    const rests = starts.get(start) ?? []
    rests.push(needle.slice(tellingStart))
    starts.set(start, rests)
  }
  return starts
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
      Buffer.from(secret).toString('hex'),
    ]
    for (const form of forms) needles.add(form)
  }
  return [...needles].sort((a, b) => b.length - a.length)
}

function below(marks: SecretMarks, key: string): SecretMarks {
  return marks.filter(path => path[0] === key || path[0] === '*').map(path => path.slice(1))
}
