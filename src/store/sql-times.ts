/** How rows write a time; comparisons of times are comparisons of text. */
export const iso = "'%Y-%m-%dT%H:%M:%fZ'"
export const now = `strftime(${iso}, 'now')`

/** Fields of EXTRACT as formats of strftime. */
export const extracted: Readonly<Record<string, string>> = {
  year: '%Y',
  month: '%m',
  day: '%d',
  hour: '%H',
  minute: '%M',
  second: '%f',
  dow: '%w',
  doy: '%j',
}

/** The units of date_trunc: the text of a time with the rest set to its beginning. */
export const truncated: Readonly<Record<string, string>> = {
  second: '%Y-%m-%dT%H:%M:%S.000Z',
  minute: '%Y-%m-%dT%H:%M:00.000Z',
  hour: '%Y-%m-%dT%H:00:00.000Z',
  day: '%Y-%m-%dT00:00:00.000Z',
  month: '%Y-%m-01T00:00:00.000Z',
  year: '%Y-01-01T00:00:00.000Z',
}

const unitNames: readonly (readonly [RegExp, string, number])[] = [
  [/^(?:s|secs?|seconds?)$/i, 'seconds', 1],
  [/^(?:ms|msecs?|milliseconds?)$/i, 'seconds', 0.001],
  [/^(?:m|mins?|minutes?)$/i, 'minutes', 1],
  [/^(?:h|hrs?|hours?)$/i, 'hours', 1],
  [/^(?:d|days?)$/i, 'days', 1],
  [/^(?:w|weeks?)$/i, 'days', 7],
  [/^(?:mons?|months?)$/i, 'months', 1],
  [/^(?:y|yrs?|years?)$/i, 'years', 1],
]

/** `1 day 2 hours` as modifiers of SQLite's date functions; undefined for what is no such text. */
export function intervalModifiers(text: string, sign: string): string[] | undefined {
  const modifiers: string[] = []
  const rest = text.replace(
    /([+-]?)\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*/giy,
    (all, own: string, amount: string, name: string) => {
      const unit = unitNames.find(([pattern]) => pattern.test(name))
      if (unit === undefined) return all
      const negative = (sign === '-') !== (own === '-')
      modifiers.push(`${negative ? '-' : '+'}${Number(amount) * unit[2]} ${unit[1]}`)
      return ''
    },
  )
  return rest.trim() === '' && modifiers.length > 0 ? modifiers : undefined
}

/** A time with a space in the middle compares wrongly with the T of the rows. */
export function isoText(literal: string): string {
  return literal.replace(/^'(\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?:\+00(?::?00)?|Z)?'$/, "'$1T$2'")
}
