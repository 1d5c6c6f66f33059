/** What a piece of text means; which colour that gets is decided here alone. */
export type Role = 'good' | 'bad' | 'warning' | 'quiet' | 'strong'

/** The 16 colours that every terminal theme defines for its own background: parameters of SGR (ECMA-48). */
const codes: Readonly<Record<Role, readonly [string, string]>> = {
  good: ['32', '39'],
  bad: ['1;31', '22;39'],
  warning: ['33', '39'],
  quiet: ['2', '22'],
  strong: ['1', '22'],
}

export type Paint = (role: Role, text: string) => string

/** Colours for a stream: none off a terminal, on a dumb one, or with NO_COLOR (https://no-color.org). */
export function paintFor(stream: {readonly isTTY?: boolean}, env: Readonly<Record<string, string | undefined>>): Paint {
  const coloured = stream.isTTY === true && env.TERM !== 'dumb' && (env.NO_COLOR ?? '') === ''
  if (!coloured) return (_role, text) => text
  return (role, text) => `\u001b[${codes[role][0]}m${text}\u001b[${codes[role][1]}m`
}
