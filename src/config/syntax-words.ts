export interface SyntaxWords {
  readonly message: string
  readonly suggestion?: string
}

/** What the parser's codes mean to someone who edits a file. */
const syntaxMessages: Readonly<Record<string, SyntaxWords>> = {
  TAB_AS_INDENT: {message: 'a tab is used for indentation', suggestion: 'indent with spaces'},
  BAD_SCALAR_START: {
    message: 'a value without quotes cannot start with this character',
    suggestion: 'put the value in quotes',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a second "key: value" on the same line',
    suggestion: 'put the value in quotes if the ": " belongs to it, else start a new line',
  },
  MULTILINE_IMPLICIT_KEY: {message: 'this is read as a key that spans lines', suggestion: 'is a ":" missing?'},
  MULTIPLE_DOCS: {message: 'a second YAML document starts here', suggestion: 'keep one document in the file'},
  RESOURCE_EXHAUSTION: {message: 'the file is nested too deeply'},
  BLOCK_IN_FLOW: {message: 'a block cannot stand inside [ ] or { }'},
}

/** Of tokens that the parser did not expect, by how its message begins. */
const tokenMessages: readonly (readonly [RegExp, SyntaxWords])[] = [
  [/^Unexpected , in /, {message: 'a comma with nothing before it', suggestion: 'remove one comma'}],
  [/^Unexpected flow-(map|seq)-end /, {message: 'this closes what was never opened', suggestion: 'remove it'}],
  [
    /^Unexpected [\w-]*scalar at node end/,
    {message: 'text behind a value that has ended', suggestion: 'put the whole value in quotes, or start a new line'},
  ],
  [
    /^Unexpected [\w-]*scalar token/,
    {message: 'this stands where a comma is due', suggestion: 'add a comma before it'},
  ],
]

/** `port: 8080` with a line below it that is indented further: the value is read as a key of what follows. */
const tooDeep: SyntaxWords = {
  message: 'a value here, and keys below it that are indented as if they belonged to it',
  suggestion: 'indent the next line as this one, or remove the value',
}

/** What an error of the parser means to someone who edits a file; undefined where its own words will do. */
export function syntaxWords(
  {
    code,
    message,
    pos: [start],
  }: {readonly code: string; readonly message: string; readonly pos: readonly [number, number]},
  text: string,
): SyntaxWords | undefined {
  if (code === 'UNEXPECTED_TOKEN') return tokenMessages.find(([pattern]) => pattern.test(message))?.[1]
  const [line = ''] = text.slice(start, start + 10_000).split('\n', 1)
  if (code === 'BLOCK_AS_IMPLICIT_KEY' && !/:(\s|$)/.test(line)) return tooDeep
  return syntaxMessages[code]
}
