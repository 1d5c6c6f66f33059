import {describe, expect, it} from 'vitest'
import {
  applyFilter,
  formatLogFilter,
  type LogFilter,
  levelFor,
  parseLogFilter,
  passes,
} from '../../src/shared/log-filter.ts'
import fc from '../helpers/properties.ts'

const base: LogFilter = {level: 'info', modules: {'only1mcp::stderr': 'warn'}}

function filterOf(text: string): LogFilter {
  const parsed = parseLogFilter(text)
  if (!parsed.ok) throw new Error(parsed.why)
  return applyFilter(base, parsed.filter)
}

describe('a log filter', () => {
  it.each([
    ['debug', 'debug'],
    ['WARN', 'warn'],
    ['info,only1mcp::proxy=trace', 'info,only1mcp::proxy=trace'],
    [
      'only1mcp::proxy=trace,only1mcp::auth=debug',
      'info,only1mcp::stderr=warn,only1mcp::proxy=trace,only1mcp::auth=debug',
    ],
    [' proxy = debug , , error', 'error,only1mcp::proxy=debug'],
    ['only1mcp::proxy', 'info,only1mcp::stderr=warn,only1mcp::proxy=trace'],
    ['only1mcp=debug', 'info,only1mcp::stderr=warn,only1mcp=debug'],
    ['off,backend=off', 'off,only1mcp::backend=off'],
  ])('%j over what is configured means %j', (text, expected) => {
    expect(formatLogFilter(filterOf(text))).toBe(expected)
  })

  it.each([
    ['inof', 'inof', /"inof" is no level \(trace, debug, info, warn, error, off\)/],
    ['info,only1mcp::proxy=loud', 'only1mcp::proxy=loud', /"loud" is no level/],
    ['info,proxy=debug=trace', 'proxy=debug=trace', /expected module=level/],
    ['only1mcp::proxy[span]=trace', 'only1mcp::proxy[span]=trace', /neither a level nor a module/],
    ['a b=trace', 'a b=trace', /neither/],
    ['=debug', '=debug', /neither/],
    ['proxy=', 'proxy=', /"" is no level/],
    ['', '', /names no level/],
    [' , ', ' , ', /names no level/],
  ])('%j is refused, and the part that is wrong is named', (text, part, why) => {
    expect(parseLogFilter(text)).toEqual({ok: false, part, why: expect.stringMatching(why)})
  })

  it('lets the longest name that fits a module decide', () => {
    const filter = filterOf('warn,only1mcp=info,only1mcp::proxy=debug,only1mcp::proxy::route=off')
    const levels = ['only1mcp::proxy::route::x', 'only1mcp::proxy::y', 'only1mcp::proxyx', 'other', 'constructor']
    expect(levels.map(module => levelFor(filter, module))).toEqual(['off', 'debug', 'info', 'warn', 'warn'])
    expect([
      passes('off', 'error'),
      passes('error', 'error'),
      passes('trace', 'trace'),
      passes('info', 'debug'),
    ]).toEqual([false, true, true, false])
  })

  it('never throws, and reads what it has written back as the same', () => {
    const word = fc.oneof(fc.string(), fc.constantFrom('info', 'only1mcp::a', 'a=debug', '=', ',', '__proto__=info'))
    fc.assert(
      fc.property(fc.array(word), words => {
        const parsed = parseLogFilter(words.join(','))
        if (!parsed.ok) return parsed.why !== ''
        const filter = applyFilter(base, parsed.filter)
        expect(formatLogFilter(filterOf(formatLogFilter(filter)))).toBe(formatLogFilter(filter))
        return true
      }),
    )
  })
})
