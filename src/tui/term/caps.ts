import {asciiGlyphs, type Glyphs, unicodeGlyphs} from '../text/glyphs.ts'

/** What can be shown, and where. */
export interface Capabilities {
  readonly glyphs: Glyphs
  readonly colours: boolean
}

/** Reads the locale and NO_COLOR as POSIX and no-color.org define them. */
export function capabilities(env: NodeJS.ProcessEnv): Capabilities {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  return {
    glyphs: /utf-?8/i.test(locale) ? unicodeGlyphs : asciiGlyphs,
    colours: env.NO_COLOR === undefined || env.NO_COLOR === '',
  }
}

export interface TerminalAsked {
  readonly stdinIsTty: boolean
  readonly stdoutIsTty: boolean
  readonly term: string | undefined
}

/** Why the full screen cannot be used here, or undefined where it can. */
export function refusal(asked: TerminalAsked): string | undefined {
  if (!asked.stdinIsTty || !asked.stdoutIsTty) {
    return 'only1mcp tui needs a terminal; use --once for a snapshot, or ssh -t'
  }
  if (asked.term === 'dumb' || asked.term === '') {
    return 'only1mcp tui needs a terminal that can place the cursor (TERM=dumb); use --once for a snapshot, or --plain for a stream'
  }
  return undefined
}
