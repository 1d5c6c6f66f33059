import {describe, expect, it} from 'vitest'
import {sqlTokens} from '../../src/store/sql-tokens.ts'
import {translateSql} from '../../src/store/translate-sql.ts'
import fc from '../helpers/properties.ts'

const iso = "'%Y-%m-%dT%H:%M:%fZ'"
const now = `strftime(${iso}, 'now')`

const cases: readonly (readonly [string, string])[] = [
  ["timestamp > NOW() - INTERVAL '1 hour'", `timestamp > strftime(${iso}, ${now}, '-1 hours')`],
  ["now()-interval '1 day 2 hours'", `strftime(${iso}, ${now}, '-1 days', '-2 hours')`],
  ["CURRENT_TIMESTAMP + INTERVAL '90' SECOND", `strftime(${iso}, ${now}, '+90 seconds')`],
  ["timestamp - interval '2 weeks'", `strftime(${iso}, timestamp, '-14 days')`],
  ["l.timestamp + interval '-5 min'", `strftime(${iso}, l.timestamp, '-5 minutes')`],
  ['percentile_cont(0.99) WITHIN GROUP (ORDER BY duration_ms) as p99', 'percentile_cont(duration_ms, 0.99) as p99'],
  ['PERCENTILE_DISC(.5) within group(order by a + b DESC)', 'PERCENTILE_DISC(a + b, 1 - .5)'],
  ["date_trunc('hour', timestamp)", "strftime('%Y-%m-%dT%H:00:00.000Z', timestamp)"],
  ['EXTRACT(EPOCH FROM timestamp)', "unixepoch(timestamp, 'subsec')"],
  ['extract(hour from now())', `CAST(strftime('%H', ${now}) AS REAL)`],
  ['ROUND(AVG(duration_ms)::numeric, 2)', 'ROUND(CAST(AVG(duration_ms) AS REAL), 2)'],
  ["'2026-11-22 10:00'::timestamptz", `strftime(${iso}, '2026-11-22T10:00')`],
  ["timestamp >= TIMESTAMP '2026-11-22 10:00:00'", "timestamp >=  '2026-11-22T10:00:00'"],
  ["timestamp > datetime('now', '-1 hour')", `timestamp > strftime(${iso}, 'now', '-1 hour')`],
  ["target ILIKE '%github%' AND x = $1", "target LIKE '%github%' AND x = $1"],
  ['ORDER BY timestamp DESC', 'ORDER BY timestamp DESC'],
  ['count(*) FILTER (WHERE status >= 500)', 'count(*) FILTER (WHERE status >= 500)'],
]

describe('the translation of SQL', () => {
  it.each(cases)('of %s', (postgres, sqlite) => {
    expect(translateSql(postgres)).toBe(sqlite)
  })

  it.each([
    "SELECT 'NOW() - INTERVAL ''1 hour''' AS text, \"now()\" -- NOW()\n/* NOW() */ FROM t",
    "WHERE a - interval 'a while' > 1",
    'percentile_cont(0.5)',
    "date_trunc('fortnight', a)",
    'a - b + c::jsonb',
  ])('leaves alone what it is not sure of: %s', sql => {
    expect(translateSql(sql)).toBe(sql)
  })

  it('loses no character of anything that is not translated', () => {
    fc.assert(
      fc.property(
        fc.string({unit: 'binary'}),
        sql =>
          sqlTokens(sql)
            .map(({text}) => text)
            .join('') === sql,
      ),
    )
    fc.assert(fc.property(fc.stringMatching(/^[a-m0-9 (),.*=<>"'\n]*$/), sql => translateSql(sql) === sql))
  })

  it('has an end for every text', () => {
    const words = [
      'now',
      '(',
      ')',
      "'1 hour'",
      '-',
      'interval',
      '::',
      'int',
      'extract',
      'from',
      'within',
      'group',
      '$1',
      ' ',
    ]
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...words, 'percentile_cont', 'order', 'by', 'date_trunc', ',', '"')),
        parts => {
          expect(typeof translateSql(parts.join(' '))).toBe('string')
        },
      ),
    )
    expect(translateSql('('.repeat(200_000))).toHaveLength(200_000)
  })
})
