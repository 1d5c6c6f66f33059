import {join} from 'node:path'
import {type ParsedErrorLine, parseLogLine} from './parse-line.ts'
import {tailFile} from './tail-file.ts'

const tailBytes = 512 * 1024

export interface NewestLines {
  readonly limit: number
  /** Only lines that hold this text. */
  readonly contains?: string
}

/** The newest lines of error.log and only1mcp.log together, oldest first; a log that is not there holds none. */
export function newestLines(folder: string, {limit, contains}: NewestLines): readonly ParsedErrorLine[] {
  const lines: ParsedErrorLine[] = []
  for (const name of ['error.log', 'only1mcp.log']) {
    const tail = tailFile(join(folder, name), tailBytes)
    if (tail.state !== 'known') continue
    for (const line of tail.lines) {
      if (contains !== undefined && !line.includes(contains)) continue
      const parsed = parseLogLine(line)
      if (parsed?.type === 'error') lines.push(parsed)
    }
  }
  return lines.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).slice(-limit)
}
