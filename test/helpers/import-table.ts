/** Where the packages of package.json may be imported: a room, or one file of it. */
export interface PackageRule {
  readonly package: string
  readonly rooms: readonly string[]
}

/**
 * The layers of src, lowest first. A room may import itself and any room of a lower layer; rooms of one layer never
 * import each other: what two of them need goes down, or comes in as an argument from above.
 */
export const layers: readonly (readonly string[])[] = [
  ['shared'],
  ['redaction'],
  ['config', 'store'],
  ['control', 'mcp', 'auth', 'logs'],
  ['diagnostics'],
  ['tui', 'recovery'],
  ['cli'],
  ['commands'],
]

/** Rooms that stand beside the layers: the runtime knows no log reader, no check and no console. */
export const besideLayers: readonly {
  readonly room: string
  readonly imports: readonly string[]
  readonly importedBy: readonly string[]
}[] = [
  {
    room: 'proxy',
    imports: ['shared', 'redaction', 'config', 'store', 'control', 'mcp', 'auth'],
    importedBy: ['cli', 'commands'],
  },
]

export const packageRules: readonly PackageRule[] = [
  {package: '@oclif/core', rooms: ['cli', 'commands']},
  {package: 'ink', rooms: ['tui']},
  {package: 'react', rooms: ['tui']},
  {package: 'ink-table', rooms: ['tui']},
  {package: 'undici', rooms: ['mcp']},
  {package: 'execa', rooms: ['shared/programs.ts']},
  {package: 'systeminformation', rooms: ['diagnostics']},
  {package: 'yaml', rooms: ['config']},
  {package: 'zod', rooms: ['config', 'control']},
  {package: 'better-sqlite3', rooms: ['store']},
  {package: 'jose', rooms: ['auth']},
  {package: 'pg', rooms: ['store']},
  {package: 'ioredis', rooms: ['store']},
  {package: 'pprof-format', rooms: ['proxy/profiling']},
  {package: 'tar', rooms: ['diagnostics', 'recovery']},
]

/** Each costs tens of milliseconds to load: a command file gets them by `import()` inside `run()`, if at all. */
export const lateForCommands: readonly string[] = [
  'ink',
  'ink-table',
  'react',
  'undici',
  'zod',
  'yaml',
  'better-sqlite3',
  'pg',
  'ioredis',
]

/** Built-ins whose import loads much that nobody asked for, and the file that says why and has a cheaper way. */
export const slowBuiltins: readonly {readonly builtin: string; readonly instead: string}[] = [
  {builtin: 'node:http', instead: 'shared/node-http.ts'},
]

/** Collections of re-exports hide who needs what; these two are doors of the house. */
export const allowedBarrels: readonly string[] = ['index.ts', 'tui/index.ts', 'tui/index.tsx']
