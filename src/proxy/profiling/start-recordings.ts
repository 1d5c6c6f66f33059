import {gzipSync} from 'node:zlib'
import {messageOf} from '../../shared/errors.ts'
import {writeFileAtomic} from '../../shared/files.ts'
import {CpuRecording} from './cpu-recording.ts'
import type {ListenToEvents, Profiling} from './profiling.ts'
import type {RecordingPaths} from './recording-paths.ts'
import {TraceRecording} from './trace-recording.ts'

/** What became of a file. */
export interface Recorded {
  readonly what: string
  readonly path: string
  /** Undefined when it was written. */
  readonly problem?: string
}

/** A hundred samples a second, as Go's profiler takes: it goes on for as long as the runtime runs. */
const lastingIntervalUs = 10_000

interface Recording {
  readonly what: string
  readonly path: string
  readonly bytes: () => Uint8Array
}

/** Recordings from the start of the runtime on, written when it ends, whichever way that is. */
export class StartRecordings {
  readonly #recordings: Recording[] = []
  readonly #tell: (recorded: Recorded) => void
  readonly #trace: TraceRecording | undefined

  constructor(
    {cpu, mem, trace}: RecordingPaths,
    parts: {profiling: Profiling; listen: ListenToEvents; tell: (recorded: Recorded) => void},
  ) {
    this.#tell = parts.tell
    if (cpu !== undefined) {
      const recording = new CpuRecording(lastingIntervalUs)
      this.#recordings.push({what: 'CPU profile', path: cpu, bytes: () => gzipSync(recording.stop())})
    }
    if (mem !== undefined) {
      const sampling = parts.profiling.sampleHeap()
      this.#recordings.push({what: 'heap profile', path: mem, bytes: () => gzipSync(sampling.take())})
    }
    if (trace !== undefined) {
      const recording = new TraceRecording({cpuSamples: false, listen: parts.listen})
      this.#trace = recording
      this.#recordings.push({
        what: 'trace',
        path: trace,
        bytes: () => {
          recording.stopNow()
          return Buffer.concat([...recording.document()].map(part => Buffer.from(part)))
        },
      })
    }
  }

  /** Ends and writes all; a second time does nothing. */
  async finish(): Promise<void> {
    if (this.#recordings.length > 0) await this.#trace?.stop()
    this.finishNow()
  }

  /** The same before it returns, without what the engine still holds back: for a process that ends. */
  finishNow(): void {
    for (const {what, path, bytes} of this.#recordings.splice(0)) {
      try {
        writeFileAtomic(path, bytes())
        this.#tell({what, path})
      } catch (error) {
        this.#tell({what, path, problem: messageOf(error)})
      }
    }
  }
}
