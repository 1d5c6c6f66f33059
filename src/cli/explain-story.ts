import {homedir} from 'node:os'
import {type FoundStories, findStories} from '../diagnostics/explain/find-story.ts'
import type {RequestStory, StorySource} from '../diagnostics/explain/story.ts'
import type {Subject} from '../diagnostics/explain/subject.ts'
import {wrap} from '../diagnostics/wrap.ts'
import {exitCode} from '../shared/exit-code.ts'
import {safeText} from '../shared/safe-text.ts'
import {printJson, printLine} from './output.ts'
import {type Paint, paintFor} from './style.ts'

export interface StoryRequest {
  readonly subject: Extract<Subject, {readonly kind: 'request' | 'trace'}>
  readonly configFlag: string | undefined
  readonly json: boolean
}

/** Prints the story of a request or of a trace; 1 where none is found, 3 where nothing could be read. */
export async function tellStory({subject, configFlag, json}: StoryRequest): Promise<void> {
  const {env} = process
  const found = await findStories(subject, {configFlag, env, cwd: process.cwd(), home: env.HOME || homedir()})
  if (found.stories.length === 0)
    process.exitCode = found.sources.some(({state}) => state === 'read') ? exitCode.findings : exitCode.unable
  if (json) return printJson(storyJson(subject, found))
  const paint = paintFor(process.stdout, env)
  const width = process.stdout.columns || 80
  for (const line of storyText(subject, found, {paint, width})) printLine(line)
}

/** One request is the document itself, so that scripts need not look into an array of one. */
function storyJson(subject: StoryRequest['subject'], {stories, leftOut, sources}: FoundStories): object {
  if (subject.kind === 'trace')
    return {kind: 'trace', traceId: subject.traceId, found: stories.length > 0, requests: stories, leftOut, sources}
  const [story] = stories
  return {kind: 'request', requestId: subject.requestId, found: story !== undefined, ...story, sources}
}

interface TextOptions {
  readonly paint: Paint
  readonly width: number
}

function storyText(
  subject: StoryRequest['subject'],
  {stories, leftOut, sources}: FoundStories,
  options: TextOptions,
): string[] {
  const name = subject.kind === 'trace' ? `trace ${safeText(subject.traceId)}` : `request ${subject.requestId}`
  if (stories.length === 0) return notFound(name, sources)
  const lines: string[] = []
  const all = stories.length + leftOut
  if (subject.kind === 'trace') lines.push(`${name}: ${all === 1 ? 'one request' : `${all} requests`}`, '')
  for (const story of stories) lines.push(...oneStory(story, options), '')
  if (leftOut > 0) lines.push(`… and ${leftOut} more`, '')
  const unseen = sources.filter(({state, why}) => state !== 'absent' && why !== null)
  if (unseen.length > 0)
    lines.push('not read, or not in whole:', ...unseen.map(({why}) => `  ${safeText(why ?? '')}`), '')
  return lines.slice(0, -1)
}

function oneStory(story: RequestStory, {paint, width}: TextOptions): string[] {
  const good = story.outcome === 'answered' || story.outcome === 'cancelled' || story.outcome === 'open'
  const head = wrap(`${story.requestId}: ${safeText(story.verdict, {max: 1000})}`, width)
  const offsets = story.timeline.map(({offsetMs}) => (offsetMs === null ? '?' : `+${offsetMs} ms`))
  const wide = Math.max(...offsets.map(({length}) => length), 0)
  return [
    ...head.map(line => paint(good ? 'good' : 'bad', line)),
    ...(story.traceId === null ? [] : [paint('quiet', `trace ${safeText(story.traceId, {max: 200})}`)]),
    '',
    ...story.timeline.map(({at, what, text, source}, nth) => {
      const role = what === 'failed' ? 'bad' : what === 'stderr' || what === 'server' ? 'quiet' : 'strong'
      const time = `${safeText(at, {max: 30})} ${(offsets[nth] ?? '').padStart(wide)}`
      return `${time}  ${paint(role, `${what === 'stderr' ? 'stderr: ' : ''}${safeText(text, {max: 500})}`)}  ${paint('quiet', `[${safeText(source)}]`)}`
    }),
    ...(story.leftOut > 0 ? [`… and ${story.leftOut} lines more`] : []),
    ...(story.next.length > 0 ? ['', 'what to do:', ...story.next.map(command => `  $ ${safeText(command)}`)] : []),
  ]
}

function notFound(name: string, sources: readonly StorySource[]): string[] {
  const read = sources.filter(({state}) => state === 'read')
  const since = read.flatMap(({from}) => (from === null ? [] : [from])).sort()[0]
  const reach = since === undefined ? '' : `; they reach back to ${since}`
  return [
    read.length === 0 ? `${name}: nothing could be read` : `${name} is not known${reach}`,
    'looked in:',
    ...sources.map(({name: place, state, why, from}) => {
      const how = state === 'read' ? (from === null ? 'read' : `from ${from}`) : state
      return `  ${safeText(place)}  ${how}${why === null ? '' : `: ${safeText(why)}`}`
    }),
    'what to do:',
    '  $ only1mcp status                  # where the running runtime keeps its logs',
    '  $ export ONLY1MCP_LOG_DIR=FOLDER   # where they lie elsewhere; ONLY1MCP_STATE_DIR for the request log',
    '  $ only1mcp explain ID --config FILE   # a configuration that names other places, or PostgreSQL',
    ...(read.length === 0 ? ['  $ sudo only1mcp explain ID'] : []),
  ]
}
