import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {isBuiltin} from 'node:module'
import {dirname, join, relative} from 'node:path'
import {allowedBarrels, besideLayers, lateForCommands, layers, packageRules, slowBuiltins} from './import-table.ts'
import {type ImportSite, importsOf} from './imports.ts'

interface Edge extends ImportSite {
  /** Relative to src, with forward slashes. */
  readonly from: string
  /** A file relative to src, or null for a package, a built-in, or what cannot be read. */
  readonly to: string | null
}

/** Who imports what below a source folder. */
export interface ImportGraph {
  readonly files: readonly string[]
  readonly edges: readonly Edge[]
}

export function readImportGraph(src: string): ImportGraph {
  const files = readdirSync(src, {recursive: true, encoding: 'utf8'})
    .filter(file => /\.[cm]?[jt]sx?$/.test(file))
    .sort()
  const edges = files.flatMap(from =>
    importsOf(readFileSync(join(src, from), 'utf8')).map(site => {
      const local = site.specifier?.startsWith('.') === true
      return {...site, from, to: local ? relative(src, join(src, dirname(from), site.specifier)) : null}
    }),
  )
  return {files, edges}
}

/** What breaks the import table, a line each, with file and line. Empty when the house is in order. */
export function importProblems(src: string): string[] {
  const graph = readImportGraph(src)
  return [
    ...graph.files.flatMap(file => fileProblems(file)),
    ...graph.edges.flatMap(edge => edgeProblems(edge, src).map(text => `${edge.from}:${edge.line}: ${text}`)),
    ...cycles(graph).map(cycle => `import cycle: ${cycle.join(' → ')}`),
    ...heavyCommands(graph),
  ]
}

/** Packages that src imports, without built-ins. */
export function importedPackages(graph: ImportGraph): string[] {
  const names = graph.edges.flatMap(({specifier, to}) =>
    specifier === null || to !== null || isBuiltin(specifier) ? [] : [packageOf(specifier)],
  )
  return [...new Set(names)].sort()
}

/** `shared` of `shared/text/line.ts`. */
function roomOf(file: string): string {
  const slash = file.indexOf('/')
  return slash === -1 ? '' : file.slice(0, slash)
}

/** `@oclif/core` of `@oclif/core/flags`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function fileProblems(file: string): string[] {
  const problems: string[] = []
  if (/(^|\/)index\.[cm]?[jt]sx?$/.test(file) && !allowedBarrels.includes(file)) {
    problems.push(`${file}: no index files: import what you need from where it stands`)
  }
  const room = roomOf(file)
  const known = layers.flat().includes(room) || besideLayers.some(beside => beside.room === room)
  if (!known && !allowedBarrels.includes(file)) problems.push(`${file}: "${room}" is no room of the import table`)
  return problems
}

function edgeProblems(edge: Edge, src: string): string[] {
  if (edge.specifier === null) return ['an import whose specifier is computed cannot be checked: name the file']
  if (edge.to !== null) {
    if (edge.to.startsWith('..')) return [`${edge.specifier} leaves src`]
    if (!existsSync(join(src, edge.to))) return [`${edge.specifier} does not exist`]
    const [from, to] = [roomOf(edge.from), roomOf(edge.to)]
    return mayImport(from, to) ? [] : [`${from} may not import ${to} (${edge.specifier})`]
  }
  if (isBuiltin(edge.specifier)) {
    if (!edge.specifier.startsWith('node:')) return [`write node:${edge.specifier}`]
    const slow = slowBuiltins.find(({builtin}) => builtin === edge.specifier)
    if (slow === undefined || edge.kind === 'type') return []
    return [`${slow.builtin} is slow to import: use ${slow.instead}`]
  }
  const name = packageOf(edge.specifier)
  const rule = packageRules.find(candidate => candidate.package === name)
  if (rule === undefined) return [`the import table has no place for the package ${name}`]
  if (rule.rooms.some(room => edge.from === room || edge.from.startsWith(`${room}/`))) return []
  return [`${name} belongs to ${rule.rooms.join(', ')}`]
}

function mayImport(from: string, to: string): boolean {
  if (from === to || from === '') return true
  const beside = besideLayers.find(({room}) => room === from)
  if (beside !== undefined) return beside.imports.includes(to)
  const target = besideLayers.find(({room}) => room === to)
  if (target !== undefined) return target.importedBy.includes(from)
  const levelOf = (room: string): number => layers.findIndex(layer => layer.includes(room))
  return levelOf(to) !== -1 && levelOf(to) < levelOf(from)
}

/** Each cycle once, as the files on the way round. Type-only imports count: they tie two files as fast. */
function cycles({files, edges}: ImportGraph): string[][] {
  const found: string[][] = []
  const done = new Set<string>()
  const walk = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file)
    if (start !== -1) {
      found.push([...path.slice(start), file])
      return
    }
    if (done.has(file)) return
    for (const {from, to} of edges) if (from === file && to !== null) walk(to, [...path, file])
    done.add(file)
  }
  for (const file of files) walk(file, [])
  return found
}

/** Command files from which loading alone (static imports, at any depth) reaches a package that must come late. */
function heavyCommands({files, edges}: ImportGraph): string[] {
  const starts = files.filter(file => roomOf(file) === 'commands' || file === 'cli/main.ts')
  return starts.flatMap(start => {
    const problems: string[] = []
    const ways = new Map<string, readonly string[]>([[start, [start]]])
    for (const [file, way] of ways) {
      for (const {from, to, kind, specifier} of edges) {
        if (from !== file || kind !== 'static') continue
        if (to !== null && !ways.has(to)) ways.set(to, [...way, to])
        if (to === null && specifier !== null && lateForCommands.includes(packageOf(specifier))) {
          problems.push(`${start}: loads ${specifier} at the top (${way.join(' → ')}); import() it inside run()`)
        }
      }
    }
    return problems
  })
}
