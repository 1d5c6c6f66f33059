/** What `${…}` in one piece of text came to. */
export interface Expansion {
  readonly text: string
  /** Every variable that was read, with the value that was put in. */
  readonly used: readonly {readonly name: string; readonly value: string}[]
  readonly faults: readonly ExpansionFault[]
}

export interface ExpansionFault {
  readonly kind: 'missing' | 'syntax'
  /** The reference as it stands in the text, `${GITHUB_TOKEN}`. */
  readonly reference: string
  readonly name: string
}

/** `$${` (the escape), `${NAME}`, `${NAME:-default}`, and any other `${`, which is a mistake. */
const reference = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-((?:[^}$]|\$(?!\{))*))?\}|\$\{[^}]*\}?/g

/**
 * Puts variables into one string, as a shell would: `${NAME}`, `${NAME:-default}` (the default also where the variable
 * is empty), and `$${` for a literal `${`. What is put in is not looked at again.
 *
 * @example expand('Bearer ${TOKEN}', {TOKEN: 'abc'}).text // 'Bearer abc'
 */
export function expand(text: string, env: Readonly<Record<string, string | undefined>>): Expansion {
  const used: {name: string; value: string}[] = []
  const faults: ExpansionFault[] = []
  if (!text.includes('${')) return {text, used, faults}
  const expanded = text.replace(reference, (match, name: string | undefined, fallback: string | undefined) => {
    if (match === '$${') return '${'
    if (name === undefined) {
      faults.push({kind: 'syntax', reference: match, name: ''})
      return match
    }
    const found = Object.hasOwn(env, name) ? env[name] : undefined
    const value = fallback !== undefined && (found === undefined || found === '') ? fallback : found
    if (value === undefined) {
      faults.push({kind: 'missing', reference: match, name})
      return match
    }
    used.push({name, value})
    return value
  })
  return {text: expanded, used, faults}
}
