/** One import as it stands in a file. */
export interface ImportSite {
  /** `../shared/errors.ts`, `node:fs`, `ink` …; null where the specifier is computed and cannot be read. */
  readonly specifier: string | null
  /** `static` runs when the file is loaded, `dynamic` when it is asked for, `type` never. */
  readonly kind: 'static' | 'dynamic' | 'type'
  readonly line: number
}

interface Skeleton {
  /** The source with comments and regular expressions blanked and each string literal replaced by `§<index>§`. */
  readonly code: string
  readonly strings: readonly string[]
}

// What may stand between `import` and `from`: names, braces, commas, a star.
const forms: readonly {readonly pattern: RegExp; readonly kind: ImportSite['kind']}[] = [
  {pattern: /(?<![.\w$])(?:import|export)\s+type\s[\w\s{},*$]*?\bfrom\s*§(\d+)§/g, kind: 'type'},
  {pattern: /(?<![.\w$])(?:import|export)\b(?!\s+type\s)[\w\s{},*$]*?\bfrom\s*§(\d+)§/g, kind: 'static'},
  {pattern: /(?<![.\w$])import\s*§(\d+)§/g, kind: 'static'},
  {pattern: /(?<![.\w$])import\s*\(\s*(?:§(\d+)§)?/g, kind: 'dynamic'},
  {pattern: /(?<![.\w$])import\.meta\.resolve\s*\(\s*(?:§(\d+)§)?/g, kind: 'dynamic'},
  {pattern: /(?<![.\w$])require(?:\.resolve)?\s*\(\s*(?:§(\d+)§)?/g, kind: 'dynamic'},
]

/**
 * Every import of a TypeScript source: static, type-only, re-exports, `import()` (as a type too) and `require()`.
 * TypeScript 7 has no stable API to ask, and what an import looks like needs no more than this.
 */
export function importsOf(source: string): ImportSite[] {
  const {code, strings} = skeletonOf(source)
  const sites: ImportSite[] = []
  for (const {pattern, kind} of forms) {
    for (const match of code.matchAll(pattern)) {
      const specifier = match[1] === undefined ? null : (strings[Number(match[1])] ?? null)
      sites.push({specifier, kind, line: code.slice(0, match.index).split('\n').length})
    }
  }
  return sites.sort((a, b) => a.line - b.line)
}

const sticky = {
  comment: /\/\/[^\n]*|\/\*[\s\S]*?\*\//y,
  string: /'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"/y,
  templatePart: /(?:\\[\s\S]|\$(?!\{)|[^\\`$])*/y,
  regex: /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y,
}
// A slash begins a regular expression where a value is expected, and is a division after a value.
const valueExpected = /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\breturn|\btypeof|\bcase|=>)\s*$/

function skeletonOf(source: string): Skeleton {
  const strings: string[] = []
  let code = ''
  let at = 0
  /** Open braces: `true` for the `${` of a template, whose end goes on with that template. */
  const braces: boolean[] = []
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const text = pattern.exec(source)?.[0]
    if (text !== undefined) at += text.length
    return text
  }
  const hold = (text: string): void => {
    code += `§${strings.push(text) - 1}§`
  }
  const blank = (text: string): void => {
    code += text.replace(/[^\n]/g, ' ')
  }
  /** From behind a backtick, or behind the `}` that ends a substitution, to the template's end or the next `${`. */
  const templateRest = (whole: boolean): void => {
    const text = take(sticky.templatePart) ?? ''
    if (source[at] === '`') {
      at += 1
      if (whole) hold(text)
      else blank(text)
    } else if (source.startsWith('${', at)) {
      at += 2
      blank(text)
      code += '{'
      braces.push(true)
    }
  }

  while (at < source.length) {
    const char = source[at] ?? ''
    if (char === '/') {
      const comment = take(sticky.comment)
      if (comment !== undefined) {
        blank(comment)
        continue
      }
      const regex = valueExpected.test(code.slice(-40)) ? take(sticky.regex) : undefined
      if (regex !== undefined) {
        blank(regex)
        continue
      }
    } else if (char === "'" || char === '"') {
      const text = take(sticky.string)
      if (text !== undefined) {
        hold(text.slice(1, -1))
        continue
      }
    } else if (char === '`') {
      at += 1
      templateRest(true)
      continue
    } else if (char === '{') {
      braces.push(false)
    } else if (char === '}' && braces.pop() === true) {
      at += 1
      code += '}'
      templateRest(false)
      continue
    }
    code += char
    at += 1
  }
  return {code, strings}
}
