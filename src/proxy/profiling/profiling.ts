import {setImmediate as turn} from 'node:timers/promises'
import {promisify} from 'node:util'
import {gzip} from 'node:zlib'
import type {ControlEvent} from '../../control/contract/events.ts'
import {AppError} from '../../shared/errors.ts'
import {CpuRecording} from './cpu-recording.ts'
import {HeapSampling} from './heap-sampling.ts'
import {TraceRecording} from './trace-recording.ts'

export type ProfileKind = 'cpu' | 'heap' | 'trace'

export const maxSeconds = 300

/** Short recordings look closely (a sample a millisecond), those that go on for days rarely. */
const closeIntervalUs = 1000

/** @param listener is told of each request that ends. @returns what stops it */
export type ListenToEvents = (listener: (event: ControlEvent) => void) => () => void

/** Profiles of this process, one of a kind at a time. */
export class Profiling {
  readonly #listen: ListenToEvents
  readonly #busyUntil = new Map<ProfileKind, number>()
  #heap: HeapSampling | undefined

  constructor(listen: ListenToEvents) {
    this.#listen = listen
  }

  /** Samples allocations from now on, so that a heap profile is there at once and tells of the time before it. */
  sampleHeap(): HeapSampling {
    this.#heap ??= new HeapSampling()
    return this.#heap
  }

  /** @returns gzipped pprof @throws AppError `PROFILE_BUSY`, `PROFILE_SECONDS`, `PROFILE_ABANDONED` */
  cpu(seconds: number, signal: AbortSignal): Promise<Buffer> {
    return this.#alone('cpu', seconds, async () => {
      const recording = new CpuRecording(closeIntervalUs)
      try {
        await pause(seconds, signal)
      } finally {
        recording.stop()
      }
      return compress(recording.stop())
    })
  }

  /**
   * @param seconds undefined: what was sampled so far, where sampling has gone on since the start; else ten seconds
   * @returns gzipped pprof @throws as `cpu`
   */
  heap(seconds: number | undefined, signal: AbortSignal): Promise<Buffer> {
    const lasting = this.#heap
    const length = seconds ?? (lasting ? 0 : 10)
    return this.#alone('heap', length, async () => {
      const sampling = lasting ?? new HeapSampling()
      try {
        await pause(length, signal)
        return await compress(sampling.take())
      } finally {
        if (!lasting) sampling.stop()
      }
    })
  }

  /** @returns JSON in the Chrome trace format, in parts @throws as `cpu` */
  trace(seconds: number, signal: AbortSignal): Promise<AsyncGenerator<string>> {
    return this.#alone('trace', seconds, async () => {
      const recording = new TraceRecording({cpuSamples: true, listen: this.#listen})
      try {
        await pause(seconds, signal)
      } finally {
        await recording.stop()
      }
      return paced(recording.document())
    })
  }

  stop(): void {
    this.#heap?.stop()
    this.#heap = undefined
  }

  async #alone<Result>(kind: ProfileKind, seconds: number, record: () => Promise<Result>): Promise<Result> {
    const until = this.#busyUntil.get(kind)
    const now = performance.now()
    if (until !== undefined) {
      const rest = Math.max(1, Math.ceil((until - now) / 1000))
      throw new AppError('PROFILE_BUSY', `another ${kind} recording is under way, for about ${rest} s more`)
    }
    this.#busyUntil.set(kind, now + seconds * 1000)
    try {
      return await record()
    } finally {
      this.#busyUntil.delete(kind)
    }
  }
}

/**
 * Seconds as a client gives them.
 * @returns undefined where it gives none @throws AppError `PROFILE_SECONDS`
 */
export function readSeconds(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof seconds === 'number' && seconds > 0 && seconds <= maxSeconds) return seconds
  throw new AppError('PROFILE_SECONDS', `seconds must be a number above 0 and at most ${maxSeconds}`)
}

/** Each part in a turn of its own, so that a large document holds nobody up. */
async function* paced(parts: Iterable<string>): AsyncGenerator<string> {
  for (const part of parts) {
    yield part
    await turn()
  }
}

const compress = promisify<Uint8Array, Buffer>(gzip)

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  if (seconds === 0) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const abandon = (): void => {
      clearTimeout(timer)
      reject(new AppError('PROFILE_ABANDONED', 'the recording was ended before its time'))
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abandon)
      resolve()
    }, seconds * 1000)
    if (signal.aborted) abandon()
    else signal.addEventListener('abort', abandon, {once: true})
  })
}
