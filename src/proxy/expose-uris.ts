import type {Span} from '../mcp/json-scan.ts'
import {arrayElements, findValue, replaceSpans, stringAt} from '../mcp/splice.ts'
import {exposedUri, type Naming} from './names.ts'

/**
 * A backend's result with its resource URIs as clients know them: in the contents of a resource, and in links and embedded
 * resources within the content of tools and prompts. The bytes that came where there is nothing to change.
 */
export function exposeUris(result: Buffer, method: string, naming: Naming): Buffer {
  if (naming.uriPrefix === '' || !result.includes('uri')) return result
  const whole = {start: 0, end: result.length}
  const spans: Span[] = []
  if (method === 'resources/read') {
    for (const element of elements(result, whole, ['contents'])) collect(result, element, ['uri'], spans)
  } else if (method === 'tools/call') {
    for (const element of elements(result, whole, ['content'])) collectContent(result, element, spans)
  } else if (method === 'prompts/get') {
    for (const message of elements(result, whole, ['messages'])) {
      const content = findValue(result, message, ['content'])
      if (content !== null) collectContent(result, content, spans)
    }
  }
  const replacements = spans.map(span => ({
    span,
    with: Buffer.from(JSON.stringify(exposedUri(naming, stringAt(result, span) ?? ''))),
  }))
  return replacements.length === 0 ? result : replaceSpans(result, replacements)
}

/** A backend's error about a resource names it as the client does (MCP, "Resources", error handling). */
export function exposeErrorUri(error: Buffer, method: string, naming: Naming): Buffer {
  if (naming.uriPrefix === '' || method !== 'resources/read' || !error.includes('uri')) return error
  const span = findValue(error, {start: 0, end: error.length}, ['data', 'uri'])
  const uri = span && stringAt(error, span)
  if (span === null || uri === null) return error
  return replaceSpans(error, [{span, with: Buffer.from(JSON.stringify(exposedUri(naming, uri)))}])
}

function elements(bytes: Buffer, span: Span, path: readonly string[]): readonly Span[] {
  const list = findValue(bytes, span, path)
  return list === null ? [] : arrayElements(bytes, list)
}

/** `resource_link` has its URI at the top, an embedded resource one level below. */
function collectContent(bytes: Buffer, content: Span, spans: Span[]): void {
  collect(bytes, content, ['resource', 'uri'], spans)
  const type = findValue(bytes, content, ['type'])
  if (type !== null && bytes.toString('utf8', type.start, type.end) === '"resource_link"')
    collect(bytes, content, ['uri'], spans)
}

function collect(bytes: Buffer, span: Span, path: readonly string[], spans: Span[]): void {
  const found = findValue(bytes, span, path)
  if (found !== null && bytes[found.start] === 0x22) spans.push(found)
}
