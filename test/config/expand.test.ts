import {describe, expect, test} from 'vitest'
import {expand} from '../../src/config/expand.ts'
import fc from '../helpers/properties.ts'

const env = {NAME: 'value', EMPTY: '', NESTED: `\${NAME}`}

describe('variables in a text', () => {
  test.each([
    [`\${NAME}`, 'value'],
    [`a \${NAME} b \${NAME}`, 'a value b value'],
    [`\${EMPTY}`, ''],
    [`\${EMPTY:-other}`, 'other'],
    [`\${MISSING:-other thing}`, 'other thing'],
    [`\${MISSING:-}`, ''],
    [`\${NAME:-other}`, 'value'],
    [`\${MISSING:-$1.50}`, '$1.50'],
    [`$\${NAME}`, `\${NAME}`],
    [`$NAME and $`, '$NAME and $'],
    [`\${NESTED}`, `\${NAME}`],
    ['', ''],
  ])('%s comes to %s', (text, expected) => {
    expect(expand(text, env)).toMatchObject({text: expected, faults: []})
  })

  test.each([
    [`\${MISSING}`, 'missing', `\${MISSING}`],
    [`x \${toString}`, 'missing', `\${toString}`],
    [`\${}`, 'syntax', `\${}`],
    [`\${1A}`, 'syntax', `\${1A}`],
    [`\${NAME`, 'syntax', `\${NAME`],
    [`\${A:-\${B}}`, 'syntax', `\${A:-\${B}`],
  ])('%s is a fault: %s', (text, kind, reference) => {
    expect(expand(text, env).faults).toMatchObject([{kind, reference}])
  })

  test('text without a reference comes back as it is', () => {
    const plain = fc.string({unit: 'binary'}).filter(text => !text.includes('${'))
    fc.assert(fc.property(plain, text => expand(text, env).text === text))
  })
})
