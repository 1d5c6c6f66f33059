import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {importedPackages, importProblems, readImportGraph} from './helpers/import-rules.ts'
import {packageRoot} from './helpers/package-root.ts'
import {tempDir} from './helpers/temp-dir.ts'

const src = join(packageRoot, 'src')

describe('the rooms of src', () => {
  it('import only what the table of rooms and packages allows', () => {
    expect(importProblems(src)).toEqual([])
  })

  it('are really read: the walk finds files and imports of every kind', () => {
    const {files, edges} = readImportGraph(src)
    expect(files.length).toBeGreaterThan(15)
    for (const kind of ['static', 'type']) expect(edges.some(edge => edge.kind === kind)).toBe(true)
    expect(edges).toContainEqual(
      expect.objectContaining({from: 'commands/version.ts', to: 'cli/base-command.ts', kind: 'static'}),
    )
  })

  it('import every dependency of package.json, and nothing that is not one', () => {
    const {dependencies} = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
    expect(importedPackages(readImportGraph(src))).toEqual(Object.keys(dependencies).sort())
  })
})

/** A tree in order; each case below adds one thing that is not. */
const sound: Readonly<Record<string, string>> = {
  'shared/errors.ts': `import {readFileSync} from 'node:fs'\nexport const a = 1`,
  'config/schema.ts': `import {z} from 'zod'\nimport {a} from '../shared/errors.ts'`,
  'control/client.ts': `import type {Config} from '../config/schema.ts'`,
  'tui/app.tsx': `import {Box} from 'ink'\nimport {x} from '../control/client.ts'`,
  'proxy/runtime.ts': `import {x} from '../control/client.ts'`,
  'cli/serve.ts': `export async function serve() { await import('../proxy/runtime.ts') }`,
  'commands/start.ts': `import {Command} from '@oclif/core'\nconst later = () => import('../tui/app.tsx')`,
}

interface Planted {
  readonly what: string
  readonly files: Readonly<Record<string, string>>
  readonly says: RegExp
}

const violations: readonly Planted[] = [
  {
    what: 'a lower layer that imports a higher one',
    files: {'shared/low.ts': `import {load} from '../config/schema.ts'`},
    says: /^shared\/low\.ts:1: shared may not import config/,
  },
  {
    what: 'a neighbour in one brace',
    files: {'logs/read.ts': `\nexport {x} from '../control/client.ts'`},
    says: /^logs\/read\.ts:2: logs may not import control/,
  },
  {
    what: 'a type taken from a neighbour',
    files: {'recovery/plan.ts': `import type {App} from '../tui/app.tsx'`},
    says: /^recovery\/plan\.ts:1: recovery may not import tui/,
  },
  {
    what: 'a type written as import()',
    files: {'shared/low.ts': `export type Load = typeof import('../config/schema.ts')`},
    says: /shared may not import config/,
  },
  {
    what: 'a dynamic import upwards',
    files: {
      'control/late.ts': `export const f = async () => await import(\`../diagnostics/check.ts\`)`,
      'diagnostics/check.ts': '',
    },
    says: /control may not import diagnostics/,
  },
  {
    what: 'a check that reaches for the runtime',
    files: {'diagnostics/check.ts': `import {x} from '../proxy/runtime.ts'`},
    says: /diagnostics may not import proxy/,
  },
  {
    what: 'a runtime that reads logs',
    files: {'logs/read.ts': '', 'proxy/bad.ts': `import {x} from '../logs/read.ts'`},
    says: /proxy may not import logs/,
  },
  {
    what: 'a command base that imports a command',
    files: {'cli/bad.ts': `import Start from '../commands/start.ts'`},
    says: /cli may not import commands/,
  },
  {
    what: 'a package in the wrong room',
    files: {'diagnostics/call.ts': `import {request} from 'undici'`},
    says: /^diagnostics\/call\.ts:1: undici belongs to mcp/,
  },
  {
    what: 'a package outside its one file',
    files: {'shared/other.ts': `import {execa} from 'execa'`},
    says: /execa belongs to shared\/programs\.ts/,
  },
  {
    what: 'a package in the wrong room by require',
    files: {'cli/table.ts': `const t = require.resolve('ink-table')`},
    says: /ink-table belongs to tui/,
  },
  {
    what: 'a package that has no room',
    files: {'shared/left.ts': `import pad from 'left-pad/even'`},
    says: /no place for the package left-pad/,
  },
  {
    what: 'a cycle',
    files: {
      'shared/a.ts': `import './b.ts'`,
      'shared/b.ts': `import {a} from './c.ts'`,
      'shared/c.ts': `import type {A} from './a.ts'`,
    },
    says: /^import cycle: shared\/a\.ts → shared\/b\.ts → shared\/c\.ts → shared\/a\.ts$/,
  },
  {what: 'a barrel', files: {'config/index.ts': `export * from './schema.ts'`}, says: /no index files/},
  {what: 'a folder that is no room', files: {'utils/pad.ts': ''}, says: /"utils" is no room/},
  {
    what: 'a command that loads a heavy package at the top',
    files: {'commands/show.ts': `import {parse} from 'yaml'`},
    says: /commands\/show\.ts: loads yaml at the top/,
  },
  {
    what: 'a command that loads a heavy package through other files',
    files: {
      'commands/show.ts': `import {show} from '../cli/show.ts'`,
      'cli/show.ts': `export {show} from '../config/schema.ts'`,
    },
    says: /loads zod at the top \(commands\/show\.ts → cli\/show\.ts → config\/schema\.ts\)/,
  },
  {
    what: 'an import that cannot be read',
    files: {'cli/any.ts': `export const any = (name: string) => import(name)`},
    says: /computed/,
  },
  {what: 'a built-in without its scheme', files: {'shared/x.ts': `import fs from 'fs'`}, says: /write node:fs/},
  {
    what: 'a built-in that is slow to import',
    files: {'shared/x.ts': `import http, {type Server} from 'node:http'`},
    says: /^shared\/x\.ts:1: node:http is slow to import: use shared\/node-http\.ts$/,
  },
  {what: 'a file that is not there', files: {'shared/x.ts': `import {y} from './y.ts'`}, says: /does not exist/},
  {what: 'an import out of src', files: {'shared/x.ts': `import p from '../../package.json'`}, says: /leaves src/},
]

describe('the import check', () => {
  it('finds nothing in a sound tree', () => {
    expect(importProblems(plant(sound))).toEqual([])
  })

  it.each(violations)('refuses $what', ({files, says}) => {
    const problems = importProblems(plant({...sound, ...files}))
    expect(
      problems.some(problem => says.test(problem)),
      `${says} in\n${problems.join('\n')}`,
    ).toBe(true)
  })

  it('is not misled by what only looks like an import', () => {
    const source = [
      `// import {x} from 'left-pad'`,
      `/* import('left-pad') */`,
      `const text = "import('left-pad')" + \`import 'left-pad' \${\`\${'}'} import("left-pad")\`}\``,
      `const pattern = /["'\`]/g; const half = 4 / 2 / 1`,
      `const quoted = text.replace(/import "left-pad"/, '').import('x')`,
      `loader.require('left-pad')`,
    ].join('\n')
    expect(importProblems(plant({...sound, 'shared/text.ts': source}))).toEqual([])
  })
})

/** @returns the `src` of a temporary tree that holds these files */
function plant(files: Readonly<Record<string, string>>): string {
  const root = join(tempDir(), 'src')
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), {recursive: true})
    writeFileSync(join(root, path), text)
  }
  return root
}
