import {outcomes} from '../../control/contract/events.ts'
import type {ParsedErrorLine} from '../../logs/parse-line.ts'
import {type BlameParty, blameParties} from '../../shared/blame.ts'
import {logValue} from '../../shared/log-line.ts'
import {codeTitle, findCode} from './codes.ts'
import type {RequestStory, StoryMoment, StoryParts} from './story.ts'

const mostMoments = 200
const openTooLongMs = 10_000
const ownStderr = 'only1mcp::stderr'

/** Puts together what the sources say of a request: its time line, its end, and whose fault that was. */
export function tellRequest(requestId: string, parts: StoryParts): RequestStory {
  const facts = factsOf(parts)
  const moments = momentsOf(parts, facts)
  const timeline = moments.slice(0, mostMoments)
  const story = {
    requestId,
    instance: requestId.split('-')[0] ?? '',
    ...facts,
    timeline,
    leftOut: moments.length - timeline.length,
  }
  return {...story, verdict: verdictOf(story), next: nextOf(story)}
}

type Facts = Omit<RequestStory, 'requestId' | 'instance' | 'timeline' | 'leftOut' | 'verdict' | 'next'>

/** The access line says most, the failed line why; the row and the event stand in where logs are gone. */
function factsOf({lines, row, open, event}: StoryParts): Facts {
  const access = lines.map(({line}) => line).find(line => line.type === 'access')
  const failed = lines.flatMap(({line}) => (line.type === 'error' && isFailure(line) ? [line] : []))[0]
  const pairs = {...failed?.pairs, ...access?.pairs}
  const column = (name: string): string | null => {
    const value = row?.[name]
    return typeof value === 'string' ? value : null
  }
  const count = (name: string): number | null => {
    const value = row?.[name]
    return typeof value === 'number' ? value : null
  }
  const endedAt = access?.at ?? column('timestamp') ?? event?.at ?? failed?.at ?? null
  const durationMs =
    count('duration_ms') ??
    event?.durationMs ??
    (access === undefined ? null : (numberOf(pairs.open_ms) ?? access.firstByteMs)) ??
    open?.openMs ??
    null
  const receivedMs =
    Date.parse((open === null || endedAt !== null ? endedAt : open.at) ?? '') - (durationMs ?? Number.NaN)
  const blame = pairs.blame ?? column('blame') ?? event?.blame ?? null
  const outcome = pairs.outcome ?? column('outcome') ?? event?.outcome ?? null
  return {
    traceId: pairs.trace_id ?? column('trace_id') ?? (event?.traceId || open?.traceId || null),
    client: access?.client ?? event?.client ?? open?.client ?? pairs.client ?? null,
    principal: pairs.user ?? column('principal'),
    target: access?.target ?? column('target') ?? event?.target ?? open?.target ?? pairs.target ?? null,
    serverId: pairs.server_id ?? column('server_id') ?? event?.serverId ?? open?.serverId ?? null,
    receivedAt: Number.isFinite(receivedMs) ? new Date(receivedMs).toISOString() : null,
    endedAt: open === null || access !== undefined ? endedAt : null,
    durationMs,
    firstByteMs: access?.firstByteMs ?? null,
    outcome: isOutcome(outcome) ? outcome : open !== null ? 'open' : failed !== undefined ? 'error' : null,
    status: access?.status ?? count('status') ?? event?.status ?? null,
    code: numberOf(pairs.code) ?? count('code') ?? event?.code ?? null,
    errorKind: failed?.kind ?? null,
    attempts: numberOf(pairs.attempts) ?? count('attempts') ?? open?.attempts ?? null,
    cache: pairs.cache ?? column('cache') ?? event?.cache ?? null,
    blame: isBlame(blame) ? blame : null,
    evidence: failed?.pairs.error ?? event?.message ?? null,
  }
}

/** The line of its end, when that was not good: the only one of a request that says whose fault it was. */
function isFailure({requestId, pairs, level}: ParsedErrorLine): boolean {
  return requestId !== null && (pairs.error !== undefined || level === 'ERROR')
}

function momentsOf({lines, row, open, event}: StoryParts, facts: Facts): StoryMoment[] {
  const startMs = facts.receivedAt === null ? Number.NaN : Date.parse(facts.receivedAt)
  const moment = (at: string, what: StoryMoment['what'], text: string, source: string): StoryMoment => {
    const offset = Date.parse(at) - startMs
    return {at, what, text, source, offsetMs: Number.isFinite(offset) ? Math.max(0, offset) : null}
  }
  const moments: StoryMoment[] = []
  const whose = facts.principal === null || facts.principal === 'anonymous' ? '' : ` as ${facts.principal}`
  const first = lines.find(({line}) => line.type === 'access')?.source
  const source = first ?? (row === null ? (event === null && open === null ? 'error.log' : 'runtime') : 'request_logs')
  if (facts.receivedAt !== null)
    moments.push(
      moment(
        facts.receivedAt,
        'received',
        `received ${facts.target ?? '-'} from ${facts.client ?? 'unknown'}${whose}`,
        source,
      ),
    )
  const told = lines.some(({line}) => line.type === 'error' && line.kind === 'Routed')
  if (facts.serverId !== null && !told && facts.receivedAt !== null)
    moments.push(moment(facts.receivedAt, 'detail', `routed to server ${facts.serverId}`, source))
  for (const {line, source: name} of lines) {
    if (line.type === 'access') continue
    if (isFailure(line))
      moments.push(moment(line.at, 'failed', `${line.kind}: ${line.pairs.error ?? line.message}`, name))
    else if (line.module === ownStderr) moments.push(moment(line.at, 'stderr', said(line), name))
    else
      moments.push(moment(line.at, line.requestId === null ? 'server' : 'detail', `${line.kind}: ${said(line)}`, name))
  }
  // The lines of one end are written one after the other, and on a busy machine in different milliseconds.
  const own = lines.flatMap(({line}) => (line.requestId === null ? [] : [line.at]))
  const last = [facts.endedAt ?? '', ...own].sort().at(-1) ?? ''
  if (facts.endedAt !== null) moments.push(moment(last, 'ended', endText(facts), source))
  else if (open !== null)
    moments.push(moment(open.at, 'open', `still under way after ${Math.round(open.openMs)} ms`, 'runtime'))
  const order = {received: 0, detail: 1, server: 1, stderr: 1, failed: 2, ended: 3, open: 3}
  return moments.sort(
    (a, b) =>
      Number(b.what === 'received') - Number(a.what === 'received') ||
      a.at.localeCompare(b.at) ||
      order[a.what] - order[b.what],
  )
}

/** The message and what varies of it, but for what the story says anyhow. */
function said({message, pairs}: ParsedErrorLine): string {
  const rest = Object.entries(pairs).filter(([key]) => key !== 'trace_id' && key !== 'server_id')
  return [message, ...rest.map(([key, value]) => `${key}=${logValue(value)}`)].join(' ')
}

function endText({outcome, status, durationMs, attempts, cache, code}: Facts): string {
  const parts = [
    `ended: ${outcome ?? 'unknown'}`,
    status === null ? '' : `HTTP ${status}`,
    code === null ? '' : `code ${code}`,
    durationMs === null ? '' : `after ${rounded(durationMs)} ms`,
    attempts !== null && attempts > 1 ? `${attempts} attempts` : '',
    cache === null ? '' : `cache ${cache}`,
  ]
  return parts.filter(part => part !== '').join(', ')
}

function verdictOf(story: Omit<RequestStory, 'verdict' | 'next'>): string {
  const {outcome, durationMs, serverId, blame, evidence, code, errorKind} = story
  const where = serverId === null ? '' : ` by server ${serverId}`
  const took = durationMs === null ? '' : ` after ${rounded(durationMs)} ms`
  switch (outcome) {
    case 'answered':
      return `answered${where}${took}; nobody is to blame`
    case 'open':
      return `still under way${took}${serverId === null ? '' : `, at server ${serverId}`}`
    case 'cancelled':
      return `taken back by the client${took}`
    case null:
      return 'only parts of it are known: its end is in no log that could be read'
    default: {
      const what = outcome === 'ambiguous' ? 'sent, and its outcome is not known' : 'failed'
      const number = code === null ? '' : ` with ${code}`
      const fault = blame === null ? '' : `: the fault is of ${whoIs(blame, serverId)}`
      const why = evidence ?? errorKind
      return `${what}${number}${took}${fault}${why === null ? '' : ` (${why})`}`
    }
  }
}

function whoIs(blame: BlameParty, serverId: string | null): string {
  const server = serverId === null ? 'the server' : `server ${serverId}`
  switch (blame) {
    case 'client':
      return 'the client'
    case 'proxy':
      return 'the proxy or its configuration'
    case 'transport':
      return `the way to ${server}`
    case 'backend-process':
      return `the process of ${server}`
    case 'backend-logic':
      return `${server} itself`
  }
}

function nextOf({outcome, code, serverId, errorKind, durationMs}: Omit<RequestStory, 'verdict' | 'next'>): string[] {
  if (outcome === 'answered' || outcome === 'cancelled') return []
  const found = code === null ? undefined : findCode({kind: 'rpc', code})
  const server = serverId === null || !/^[\w.-]+$/.test(serverId) ? [] : [`only1mcp health check ${serverId}`]
  if (outcome === 'open') return durationMs !== null && durationMs > openTooLongMs ? server : []
  return [
    ...(found?.state === 'known' ? [`only1mcp explain ${code}    # ${codeTitle(found.entry)}`] : []),
    ...(errorKind !== null && /^\w+$/.test(errorKind) ? [`only1mcp explain ${errorKind}`] : []),
    ...server,
  ]
}

function rounded(ms: number): number {
  return ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^-?\d{1,15}(?:\.\d{1,9})?$/.test(text) ? Number(text) : null
}

function isOutcome(text: string | null): text is (typeof outcomes)[number] {
  return text !== null && (outcomes as readonly string[]).includes(text)
}

function isBlame(text: string | null): text is BlameParty {
  return text !== null && (blameParties as readonly string[]).includes(text)
}
