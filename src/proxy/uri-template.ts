/**
 * Whether a URI can come from a template of RFC 6570: its literal parts occur in order, the first and the last at the
 * ends. No regular expression is made of what a backend wrote (CVE-2026-0621).
 */
export function matchesTemplate(template: string, uri: string): boolean {
  const literals = template.split(/\{[^{}]*\}/)
  if (literals.length === 1) return template === uri
  const first = literals[0] ?? ''
  const last = literals.at(-1) ?? ''
  if (!uri.startsWith(first) || !uri.endsWith(last) || uri.length < first.length + last.length) return false
  let at = first.length
  for (const literal of literals.slice(1, -1)) {
    const found = uri.indexOf(literal, at)
    if (found === -1) return false
    at = found + literal.length
  }
  return at <= uri.length - last.length
}
