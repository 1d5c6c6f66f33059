/** Lines of stderr that have to be kept so that the one that says why is among them: a crash of Node has 15 after it. */
export const lastLinesKept = 24

const longest = 500
const frame =
  /^\s+at\s|^\s*[{}^~[\]|]*\s*$|^\s+(?:code|errno|syscall|path|requireStack|url): |^Node\.js v\d|A complete log of this run/
const strong = /^(?:Uncaught )?(?:[\w.]{0,60}(?:Error|Exception)|fatal|panic|error|FATAL|PANIC|ERROR)\b[^:]{0,40}:/
const grave = /error|fatal|panic|exception|denied|cannot|failed|not found|missing|invalid|unable|refused/i

/** Of what a program said last, the line that says why, and at most two after it; without stack frames. */
export function tellingLines(lines: readonly string[]): readonly string[] {
  // Cut: the lines are a stranger's, and may be long.
  const said = lines.map(line => line.slice(0, longest)).filter(line => !frame.test(line))
  const last = (pattern: RegExp): number => said.findLastIndex(line => pattern.test(line))
  const at = [last(strong), last(grave)].find(index => index !== -1) ?? -1
  return at === -1 ? said.slice(-3) : said.slice(at, at + 3)
}
