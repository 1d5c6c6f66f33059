import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {parseConfig} from '../../src/config/load.ts'
import {openText} from '../../src/config/open-config.ts'
import {renderConfig} from '../../src/config/render.ts'

const v = (name: string): string => `$\{${name}}`
const render = (text: string, env: NodeJS.ProcessEnv): string =>
  renderConfig(openText(text, '/etc/c.yaml', env, ''), env)

describe('a rendered file', () => {
  test('keeps comments and layout, and has the values of variables in it', () => {
    const text = `# top\nserver:   {port: "${v('P')}"} # port\nservers:\n  - id: a\n    command: run\n    env: {T: "${v('T')}", U: "x ${v('T')}"}\n`
    expect(render(text, {P: '8099', T: 'a: "b"'})).toBe(
      `# top\nserver:   {port: 8099} # port\nservers:\n  - id: a\n    command: run\n    env: {T: "a: \\"b\\"", U: "x a: \\"b\\""}\n`,
    )
  })

  test('is refused while a variable is missing', () => {
    expect(() => render(`server: {host: ${v('NOBODY_SET_IT')}}`, {})).toThrow('cannot be used')
  })

  test('comes to the same without any variable, whatever they hold', () => {
    const forms = [
      (name: string) => name,
      (name: string) => `"${name}"`,
      (name: string) => `'pre ${name} post'`,
      (name: string) => `|\n          ${name}\n          more`,
      (name: string) => `>-\n          ${name} folded`,
    ]
    fc.assert(
      fc.property(fc.string({unit: 'binary'}), fc.constantFrom(...forms), (value, form) => {
        const env = {V: value}
        const text = `servers:\n  - id: a\n    command: run\n    env:\n      A: ${form(v('V'))}\n      B: "$$\{KEPT}" # stays\n`
        const before = parseConfig(text, '/etc/c.yaml', {env})
        const rendered = render(text, env)
        const after = parseConfig(rendered, '/etc/c.yaml', {env: {}})
        expect(rendered).toContain('# stays')
        expect(after.ok && after.config).toEqual(before.ok && before.config)
      }),
      {numRuns: 100},
    )
  })
})
