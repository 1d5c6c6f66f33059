// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a configuration file

import {describe, expect, test} from 'vitest'
import {parseConfig} from '../../src/config/load.ts'
import {renderConfig} from '../../src/config/render.ts'
import fc from '../helpers/properties.ts'

function rendered(text: string, env: Record<string, string>): string {
  const result = renderConfig(text, 'c.yaml', env)
  if (!result.ok) throw new Error(JSON.stringify(result.loaded.problems))
  return result.text
}

describe('a rendered configuration', () => {
  test('has values in the place of variables, and everything else as it was', () => {
    const text = [
      '# ${NOT} a variable here',
      'server:',
      '  port: ${PORT} # eight',
      '  plain: ${PLAIN:-true}',
      'servers:',
      '  - {id: a, command: \'${CMD}\', env: {P: "${PORT}"}}',
      '',
    ].join('\n')
    expect(rendered(text, {PORT: '8099', CMD: 'run it'})).toBe(
      [
        '# ${NOT} a variable here',
        'server:',
        '  port: 8099 # eight',
        '  plain: true',
        'servers:',
        '  - {id: a, command: "run it", env: {P: "8099"}}',
        '',
      ].join('\n'),
    )
  })

  test('means the same without the variables, whatever they hold', () => {
    const text =
      'servers:\n  - id: a\n    command: run\n    env:\n      X: ${X}\n      Y: |\n        a ${X}\n      Z: $${X}\n'
    fc.assert(
      fc.property(fc.string({unit: 'grapheme'}), x => {
        const loaded = parseConfig(rendered(text, {X: x}), 'c.yaml', {env: {}})
        expect(loaded.ok && loaded.config.servers[0]?.env).toEqual({X: x, Y: `a ${x}\n`, Z: '${X}'})
      }),
    )
    const loaded = parseConfig(rendered(text, {X: '${HOME}\n- b: "c'}), 'c.yaml', {env: {}})
    expect(loaded.ok && loaded.config.servers[0]?.env.X).toBe('${HOME}\n- b: "c')
  })

  test('is not made while a variable is missing', () => {
    const result = renderConfig('server:\n  host: ${HOST_X}\n', 'c.yaml', {})
    expect(result.ok).toBe(false)
  })
})
