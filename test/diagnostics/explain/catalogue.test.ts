import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {codes, findCode} from '../../../src/diagnostics/explain/codes.ts'
import {codeText} from '../../../src/diagnostics/explain/entry.ts'
import {messages} from '../../../src/diagnostics/explain/messages.ts'
import {sectionOf} from '../../../src/diagnostics/explain-check.ts'
import {allChecks} from '../../../src/diagnostics/find-check.ts'
import {rpcCode} from '../../../src/mcp/protocol.ts'
import {exitCode} from '../../../src/shared/exit-code.ts'
import {packageRoot} from '../../helpers/package-root.ts'

const page = readFileSync(join(packageRoot, 'docs/troubleshooting.md'), 'utf8')
const manifest = JSON.parse(readFileSync(join(packageRoot, 'oclif.manifest.json'), 'utf8')) as {
  commands: Record<string, {flags?: Record<string, unknown>}>
}
const entries = [
  ...codes.map(entry => ({...entry, name: codeText(entry)})),
  ...messages.map(entry => ({...entry, name: entry.id})),
]

describe('the catalogue of codes and messages', () => {
  test('has every code that the runtime answers with, and every exit status of the command', () => {
    for (const code of Object.values(rpcCode)) expect(findCode({kind: 'rpc', code}).state, String(code)).toBe('known')
    for (const code of Object.values(exitCode))
      expect(findCode({kind: 'exit', code}).state, `exit ${code}`).toBe('known')
    for (const code of [400, 401, 403, 404, 405, 413, 415, 429, 500, 501, 503, 505])
      expect(findCode({kind: 'http', code}).state, `HTTP ${code}`).toBe('known')
  })

  test('has each code and each id once', () => {
    const names = [...entries.map(({name}) => name), ...allChecks.map(({id}) => id)]
    expect(new Set(names).size).toBe(names.length)
  })

  test.each(entries)('$name has a section in the docs with cause, commands and what it looks like', entry => {
    const section = sectionOf(page, entry.docs)
    expect(section, `no section ${entry.docs}`).toBeDefined()
    if (allChecks.some(({docs}) => docs === entry.docs)) return // the check's own section, held by its own test
    for (const part of ['**Cause.**', '**What to do.**', '**What it looks like.**', '```console', '```text'])
      expect(section).toContain(part)
    const code = codes.find(({docs}) => docs === entry.docs)
    const heading = /^## (.+)$/m.exec(section ?? '')?.[1]
    if (code !== undefined) expect(heading).toBe(`${codeText(code)} ${code.name}`)
    else if ('title' in entry) expect(heading).toBe(entry.title)
    if (code === undefined || code.docs === `code${entry.name}`)
      for (const command of entry.next) expect(section).toContain(`$ ${command}`)
  })

  test('has no section of a code or message that is not in it', () => {
    const from = page.indexOf('<a id="messages-of-the-runtime"></a>')
    const anchors = [...page.slice(from).matchAll(/^<a id="([^"]+)"><\/a>\n## /gm)].map(([, id]) => id)
    expect(anchors.length).toBeGreaterThan(100)
    const known = new Set(entries.map(({docs}) => docs))
    expect(anchors.filter(anchor => !known.has(anchor ?? ''))).toEqual([])
  })

  test.each(entries)('$name names only commands that there are', ({next}) => {
    for (const command of next) {
      for (const [, line = ''] of command.matchAll(/only1mcp ((?:[a-z-]+ ?)+(?:--?[\w-]+)?.*)/g)) {
        const words = (line.split('|')[0] ?? '').split(' ')
        if (words[0]?.startsWith('-')) continue
        const id = [words.slice(0, 2).join(':'), words[0] ?? ''].find(each => each in manifest.commands)
        expect(id, command).toBeDefined()
        const flags = Object.keys(manifest.commands[id ?? '']?.flags ?? {})
        for (const [, flag = ''] of line.matchAll(/ --([a-z-]+)/g)) expect(flags, command).toContain(flag)
        if (id === 'doctor')
          for (const check of words.slice(1).filter(word => /^[a-z]+(\.[a-z_0-9]+)?$/.test(word)))
            expect(
              allChecks.some(each => each.id === check || each.id.startsWith(`${check}.`)),
              `${command}: ${check}`,
            ).toBe(true)
      }
    }
  })

  test.each(messages)('$id names codes that have an entry', ({codes: named = []}) => {
    for (const code of named) expect(codes.map(codeText)).toContain(code)
  })
})
