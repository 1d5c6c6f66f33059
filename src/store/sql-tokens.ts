/** A piece of SQL; all of them in a row are the text again. */
export interface SqlToken {
  readonly kind: 'word' | 'text' | 'number' | 'parameter' | 'space' | 'mark'
  readonly text: string
}

const patterns: readonly (readonly [SqlToken['kind'], RegExp])[] = [
  ['space', /\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y],
  ['text', /'(?:[^']|'')*(?:'|$)/y],
  // Quoted names of either dialect.
  ['word', /"(?:[^"]|"")*(?:"|$)|`[^`]*(?:`|$)|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y],
  ['parameter', /\$\d+/y],
  ['number', /\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?/y],
  ['mark', /::|[\s\S]/y],
]

/** Cuts SQL of either dialect into tokens; comments count as space. Never fails: what is odd is a mark. */
export function sqlTokens(sql: string): SqlToken[] {
  const tokens: SqlToken[] = []
  for (let at = 0; at < sql.length; ) {
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = at
      const text = pattern.exec(sql)?.[0]
      if (text === undefined || text === '') continue
      tokens.push({kind, text})
      at += text.length
      break
    }
  }
  return tokens
}
