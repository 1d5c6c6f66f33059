import {AppError, messageOf} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {safeText} from '../shared/safe-text.ts'

/** Bumped when a key of any JSON document changes its meaning or goes. */
export const schemaVersion = 1

/** The result, to stdout. */
export function printLine(line = ''): void {
  process.stdout.write(`${line}\n`)
}

/** The talk about it, to stderr. */
export function printNote(line: string): void {
  process.stderr.write(`${line}\n`)
}

// Valid JSON as it stands, but not fit for a terminal: written as escapes, which every parser reads back.
const unfitForTerminal =
  /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e0fff}]/gu

/** One JSON document on stdout. `document` gets `schemaVersion` in front, unless it is an array. */
export function printJson(document: object): void {
  const whole = Array.isArray(document) ? document : {schemaVersion, ...document}
  printLine(fitForTerminal(JSON.stringify(whole, null, 2)))
}

/** One of many JSON documents, on a line of its own. */
export function printJsonLine(document: object): void {
  printLine(fitForTerminal(JSON.stringify({schemaVersion, ...document})))
}

function fitForTerminal(json: string): string {
  return json.replace(unfitForTerminal, char =>
    [...Array(char.length).keys()].map(i => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  )
}

/** Shows what was thrown and sets the exit status; a stack only for what is a fault of ours. */
export function printFailure(error: unknown, json: boolean): void {
  const known = error instanceof AppError
  process.exitCode = known ? error.exitCode : exitCode.internal
  if (json)
    printJson({
      error: {
        code: known ? error.code : 'INTERNAL',
        message: messageOf(error),
        fix: known ? (error.fix ?? null) : null,
      },
    })
  printNote(`Error: ${lines(messageOf(error))}`)
  if (known) {
    if (error.fix !== undefined) printNote(lines(error.fix))
    return
  }
  printNote(
    'This is a fault of only1mcp itself; please report it with the output of `only1mcp version --build-info` and this trace:',
  )
  if (error instanceof Error && error.stack !== undefined) printNote(lines(error.stack))
}

/** Keeps our own line breaks, makes everything else safe. */
function lines(text: string): string {
  return text
    .split('\n')
    .map(line => safeText(line))
    .join('\n')
}
