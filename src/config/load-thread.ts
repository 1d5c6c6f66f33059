import {parentPort, workerData} from 'node:worker_threads'
import {type LoadOptions, loadConfig} from './load.ts'

/** What the thread of `load-in-worker.ts` is told. */
export interface LoadOrder {
  readonly path: string
  readonly options: LoadOptions
}

const {path, options} = workerData as LoadOrder
parentPort?.postMessage(loadConfig(path, options))
