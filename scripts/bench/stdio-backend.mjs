/** The same backend on stdio: a line in, a line out. Ends with its stdin. */
import {answerTo} from './payloads.mjs'

let pending = ''
process.stdin.setEncoding('utf8').on('data', chunk => {
  const lines = (pending + chunk).split('\n')
  pending = lines.pop()
  let out = ''
  for (const line of lines) {
    if (line.trim() === '') continue
    const answer = answerTo(line)
    if (answer !== undefined) out += `${answer}\n`
  }
  if (out !== '') process.stdout.write(out)
})
