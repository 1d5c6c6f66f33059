import {replaceSpans} from '../mcp/splice.ts'
import type {Backend} from './backend.ts'
import type {ToolEntry} from './backend-tools.ts'
import type {LogMessage} from './runtime-log.ts'

/** Where a tool's calls go. */
export interface ToolRoute {
  readonly backend: Backend
  /** The backend's own name of the tool. */
  readonly name: string
}

/** All tools as clients see them, at one moment. */
export interface ToolCatalogue {
  readonly routes: ReadonlyMap<string, ToolRoute>
  /** The elements of `tools`, without the brackets, ready to be sent. */
  readonly elements: Buffer
  /** Servers whose tools are not in the list: they have not answered yet. */
  readonly absent: readonly string[]
  /** Servers whose tools are in the list from an earlier run: they are away now. */
  readonly stale: readonly string[]
}

/** Longest name that the protocol allows; a longer one is left out and named in the log. */
const longestName = 128

/** The merged list, built once for each change of a backend and then handed out as bytes. */
export class Catalogue {
  readonly #backends: readonly Backend[]
  readonly #log: (message: LogMessage) => void
  #built: ToolCatalogue | undefined
  readonly #reported = new Set<string>()

  constructor(backends: readonly Backend[], log: (message: LogMessage) => void) {
    this.#backends = backends
    this.#log = log
  }

  /** A backend's tools or status changed. */
  invalidate(): void {
    this.#built = undefined
  }

  get current(): ToolCatalogue {
    this.#built ??= this.#build()
    return this.#built
  }

  /**
   * The list once every backend that starts has given its tools. One that has had its `timeoutMs` already is not waited
   * for again: a hanging server costs each list nothing.
   */
  async settled(timeoutMs: number): Promise<ToolCatalogue> {
    for (;;) {
      const rests = this.#backends.map(backend => ({backend, restMs: timeoutMs - (backend.settlingMs ?? timeoutMs)}))
      const waiting = rests.filter(({restMs}) => restMs > 0)
      if (waiting.length === 0) return this.current
      await Promise.race(waiting.map(({backend, restMs}) => backend.changed(restMs)))
    }
  }

  /** The server that a name's prefix means, where its tools are not known. */
  absentOwner(name: string): Backend | undefined {
    return this.#backends.find(
      backend =>
        backend.tools === undefined && backend.status !== 'disabled' && name.startsWith(`${prefixOf(backend)}__`),
    )
  }

  #build(): ToolCatalogue {
    const routes = new Map<string, ToolRoute>()
    const elements: Buffer[] = []
    const absent: string[] = []
    const stale: string[] = []
    for (const backend of this.#backends) {
      if (backend.status === 'disabled') continue
      if (backend.tools === undefined) {
        absent.push(backend.id)
        continue
      }
      if (!backend.usable) stale.push(backend.id)
      for (const tool of backend.tools) {
        const name = this.#freeName(backend, tool, routes)
        if (name === undefined) continue
        routes.set(name, {backend, name: tool.name})
        elements.push(renamed(tool, name))
      }
    }
    return {routes, elements: joinWithCommas(elements), absent, stale}
  }

  /** The exposed name: prefixed, and on a clash with an earlier server's tool prefixed with the server's id. */
  #freeName(backend: Backend, tool: ToolEntry, routes: ReadonlyMap<string, ToolRoute>): string | undefined {
    const prefix = prefixOf(backend)
    const wanted = prefix === '' ? tool.name : `${prefix}__${tool.name}`
    const name = routes.has(wanted) ? `${backend.id}__${tool.name}` : wanted
    if (routes.has(name) || name.length > longestName) {
      this.#report(
        backend,
        tool,
        name.length > longestName ? 'ToolNameTooLong' : 'ToolNameTaken',
        'a tool is left out of the list',
        name,
      )
      return undefined
    }
    if (name !== wanted) this.#report(backend, tool, 'ToolNameClash', 'a tool is exposed under another name', name)
    return name
  }

  #report(backend: Backend, tool: ToolEntry, kind: string, message: string, name: string): void {
    const key = `${kind} ${backend.id} ${tool.name}`
    if (this.#reported.has(key)) return
    this.#reported.add(key)
    this.#log({
      level: 'WARN',
      module: 'catalogue',
      kind,
      message,
      pairs: {server_id: backend.id, tool: tool.name, name},
    })
  }
}

function prefixOf(backend: Backend): string {
  return backend.config.prefix ?? backend.id
}

function renamed(tool: ToolEntry, name: string): Buffer {
  if (name === tool.name) return tool.bytes
  return replaceSpans(tool.bytes, [{span: tool.nameSpan, with: Buffer.from(JSON.stringify(name))}])
}

function joinWithCommas(parts: readonly Buffer[]): Buffer {
  const comma = Buffer.from(',')
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [comma, part])))
}
