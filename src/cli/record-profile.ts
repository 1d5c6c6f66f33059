import {resolve} from 'node:path'
import {gunzipSync} from 'node:zlib'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {whyNotWritable, writeFileAtomic} from '../shared/files.ts'
import {findInstance} from './instance.ts'

export type ProfileCommand = 'cpu' | 'heap' | 'trace'

export interface ProfileDocument {
  readonly file: string
  readonly bytes: number
  readonly instance: string
  readonly kind: ProfileCommand
}

const actionOf = {cpu: 'profile_cpu', heap: 'profile_mem', trace: 'trace'} as const
/** Beyond the recording itself: a busy runtime takes its time to put a trace together. */
const graceMs = 30_000

/**
 * Records a running runtime through its control socket, and writes the file here, with the rights of whoever asks.
 * @throws AppError
 */
export async function recordProfile(
  kind: ProfileCommand,
  seconds: number | undefined,
  output: string,
): Promise<ProfileDocument> {
  if (seconds !== undefined && !(seconds > 0 && seconds <= 300))
    throw new AppError('BAD_SETTING', '--seconds must be above 0 and at most 300', {exitCode: exitCode.usage})
  const file = resolve(output)
  const why = whyNotWritable(file)
  if (why !== undefined) throw new AppError('OUTPUT_UNWRITABLE', `cannot write ${file}: ${why}`)
  const {client, record} = await findInstance()
  const args = seconds === undefined ? {} : {seconds}
  const result = await client.action(actionOf[kind], undefined, (seconds ?? 30) * 1000 + graceMs, args)
  if (!result.ok || result.data === undefined) throw new AppError('PROFILE_REFUSED', result.message)
  const packed = Buffer.from(result.data, 'base64')
  const bytes = kind === 'trace' && !file.endsWith('.gz') ? gunzipSync(packed) : packed
  try {
    writeFileAtomic(file, bytes)
  } catch (error) {
    throw new AppError('OUTPUT_UNWRITABLE', `cannot write ${file}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    })
  }
  return {file, bytes: bytes.length, instance: record.instance, kind}
}

/** How to look at it. */
export function viewerHint({kind, file}: ProfileDocument): string {
  return kind === 'trace' ? 'open it at https://ui.perfetto.dev' : `go tool pprof -http=:8081 ${file}`
}
