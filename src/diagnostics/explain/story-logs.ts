import {statSync} from 'node:fs'
import {type LogFile, listLogFiles} from '../../logs/log-files.ts'
import {type ParsedLine, parseLogLine} from '../../logs/parse-line.ts'
import {scanLog} from '../../logs/scan-log.ts'
import type {StorySource} from './story.ts'

export interface SourcedLine {
  readonly source: string
  readonly line: ParsedLine
}

export interface LogSearch {
  readonly lines: readonly SourcedLine[]
  readonly sources: readonly StorySource[]
}

/** Lines of one request are few; those of a trace that somebody uses for all of them are not. */
const mostLines = 20_000

/** Every line of the logs of these folders that is about a request or a trace. */
export async function findLines(
  folders: readonly string[],
  words: readonly string[],
  isMeant: (line: ParsedLine) => boolean,
): Promise<LogSearch> {
  const lines: SourcedLine[] = []
  const sources: StorySource[] = []
  for (const folder of folders) {
    const listed = listLogFiles(folder)
    if (listed.state !== 'known') {
      sources.push({name: folder, state: listed.state, why: listed.why, from: null, found: 0})
      continue
    }
    const files = listed.files.filter(({family}) => family !== 'audit')
    if (files.length === 0)
      sources.push({name: folder, state: 'absent', why: `${folder} holds no log`, from: null, found: 0})
    for (const file of files) {
      let found = 0
      const scanned = await scanLog(file, words, text => {
        const line = parseLogLine(text)
        if (line === undefined || !isMeant(line) || lines.length >= mostLines) return
        found++
        lines.push({source: file.name, line})
      })
      sources.push(
        scanned.state === 'read'
          ? {name: file.path, state: 'read', why: scanned.cut, from: scanned.from, found}
          : {name: file.path, state: scanned.state, why: scanned.why, from: null, found},
      )
    }
  }
  return {lines, sources}
}

/** What a server says right after the end of a call may well belong to it: that its process is gone, say. */
const slackMs = 250

/** What a server, and its process on stderr, said from one time to another. */
export async function findServerLines(
  folders: readonly string[],
  serverId: string,
  fromMs: number,
  untilMs: number,
): Promise<readonly SourcedLine[]> {
  const files = folders.flatMap(folder => {
    const listed = listLogFiles(folder)
    return listed.state === 'known'
      ? listed.files.filter(file => file.family !== 'audit' && mayReach(file, fromMs))
      : []
  })
  const lines: SourcedLine[] = []
  for (const file of files.filter(({family}) => family !== 'access')) {
    await scanLog(file, [serverId], text => {
      const line = parseLogLine(text)
      if (line?.type !== 'error' || line.requestId !== null || line.pairs.server_id !== serverId) return
      const atMs = Date.parse(line.at)
      if (atMs >= fromMs - 1 && atMs <= untilMs + slackMs && lines.length < mostLines)
        lines.push({source: file.name, line})
    })
  }
  return lines
}

/** A file that was last written before a time holds nothing of later. Packing keeps or moves on that time. */
function mayReach({path}: LogFile, fromMs: number): boolean {
  return (statSync(path, {throwIfNoEntry: false})?.mtimeMs ?? 0) >= fromMs - slackMs
}
