import type {z} from 'zod'
import type {Found} from './found.ts'

/** What to write instead, for the slips that everybody makes; YAML 1.1 habits among them. */
export function typeSuggestion(issue: z.core.$ZodIssue, found: Found): string | undefined {
  if (found.kind === 'nothing') return 'give it a value, or remove the key'
  const {written} = found
  if (written === undefined) {
    const bare = (found.kind === 'number' || found.kind === 'boolean') && !found.quoted
    return bare && issue.code === 'invalid_type' && issue.expected === 'string' ? 'put it in quotes' : undefined
  }
  // What a variable brings cannot be seen here.
  if (written.includes('${')) return 'the value of the variable does not fit here'
  const expected = issue.code === 'invalid_type' ? issue.expected : undefined
  switch (expected) {
    case 'boolean':
      return booleanHint(written)
    case 'number':
    case 'int':
      return numberHint(written, found)
    case 'string':
      return `write "${written}" in quotes`
    case 'array':
      return /^(servers|api_keys)$/.test(String(issue.path.at(-1))) ? undefined : `write [${written}]`
    default:
      return unitHint(issue, written)
  }
}

function booleanHint(written: string): string | undefined {
  const word = written.toLowerCase()
  if (['true', 'false'].includes(word)) return `write ${word} without quotes`
  if (['yes', 'y', 'on', '1'].includes(word)) return `write true (YAML 1.2 does not read ${written} as true)`
  if (['no', 'n', 'off', '0'].includes(word)) return `write false (YAML 1.2 does not read ${written} as false)`
  return undefined
}

function numberHint(written: string, found: Found): string | undefined {
  if (found.quoted && /^-?\d+(\.\d+)?$/.test(written)) return `write ${written} without quotes`
  if (/^\d[\d_]*_\d+$/.test(written)) return `write ${written.replaceAll('_', '')}`
  if (/^\d+(:[0-5]?\d)+$/.test(written)) return 'write one number (YAML 1.2 has no base 60)'
  const number = /^(-?\d+(?:\.\d+)?)\s*[A-Za-z%]+$/.exec(written)
  return number ? `write the number alone, without a unit` : undefined
}

const durationWords: readonly (readonly [RegExp, string])[] = [
  [/^(ms|msecs?|millis?|milliseconds?)$/i, 'ms'],
  [/^(s|secs?|seconds?)$/i, 's'],
  [/^(m|mins?|minutes?)$/i, 'm'],
  [/^(h|hrs?|hours?)$/i, 'h'],
  [/^(d|days?)$/i, 'd'],
]

const sizeWords: readonly (readonly [RegExp, string])[] = [
  [/^(k|kbytes?|kilobytes?)$/i, 'KiB'],
  [/^(m|mbytes?|megabytes?)$/i, 'MiB'],
  [/^(g|gbytes?|gigabytes?)$/i, 'GiB'],
]

/** `30 sec` for a duration, `4M` for a size. */
function unitHint(issue: z.core.$ZodIssue, written: string): string | undefined {
  const parts = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(written.trim())
  if (parts?.[1] === undefined || parts[2] === undefined) return undefined
  const words = issue.message.includes('duration') ? durationWords : issue.message.includes('size') ? sizeWords : []
  for (const [word, unit] of words) if (word.test(parts[2])) return `write ${parts[1]}${unit}`
  return undefined
}
