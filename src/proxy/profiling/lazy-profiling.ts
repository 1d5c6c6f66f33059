import type {ActionArgs, ActionResult} from '../../control/contract/actions.ts'
import type {RuntimeLog} from '../runtime-log.ts'
import type {ListenToEvents, ProfileKind, Profiling} from './profiling.ts'

/** Loads the profilers when somebody asks for them: most runtimes never need them. */
export class LazyProfiling {
  readonly #listen: ListenToEvents
  readonly #log: RuntimeLog
  #loaded: Promise<Profiling> | undefined

  constructor(listen: ListenToEvents, log: RuntimeLog) {
    this.#listen = listen
    this.#log = log
  }

  load(): Promise<Profiling> {
    this.#loaded ??= import('./profiling.ts').then(({Profiling: Loaded}) => new Loaded(this.#listen))
    return this.#loaded
  }

  /** The control actions: `{seconds}`; the result's `data` is base64 of a gzipped file. */
  async record(kind: ProfileKind, args: ActionArgs, signal: AbortSignal): Promise<ActionResult> {
    const [profiling, {readSeconds}, {gzipParts}] = await Promise.all([
      this.load(),
      import('./profiling.ts'),
      import('./gzip-parts.ts'),
    ])
    const seconds = readSeconds(args.seconds)
    this.#log.audit(kind === 'trace' ? kind : `profile_${kind === 'heap' ? 'mem' : kind}`, {seconds})
    let data: Buffer
    if (kind === 'cpu') data = await profiling.cpu(seconds ?? 30, signal)
    else if (kind === 'heap') data = await profiling.heap(seconds, signal)
    else data = await gzipParts(await profiling.trace(seconds ?? 5, signal))
    return {ok: true, message: `${kind} recorded`, data: data.toString('base64')}
  }

  async stop(): Promise<void> {
    ;(await this.#loaded)?.stop()
  }
}
