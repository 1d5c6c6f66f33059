import {accessSync, constants} from 'node:fs'
import {extname} from 'node:path'
import {Worker} from 'node:worker_threads'
import {AppError, errnoCode, messageOf} from '../shared/errors.ts'
import type {InspectAnswer, InspectOrder} from './inspect-worker.ts'

/**
 * Looks into a SQLite file of a runtime in a thread of its own: a large one takes seconds, in which nothing else would
 * go on here. Ends at `signal`.
 * @throws AppError `DATABASE_ABSENT`, `DATABASE_DENIED`, `DATABASE_UNREADABLE`
 */
export function inspectFile(order: InspectOrder, signal: AbortSignal): Promise<InspectAnswer> {
  const unseen = whyNotSeen(order.path)
  if (unseen !== undefined) return Promise.reject(unseen)
  // In the build the module is JavaScript; from the sources Node takes the types away itself.
  const module = new URL(`./inspect-worker${extname(import.meta.url)}`, import.meta.url)
  return new Promise((resolve, reject) => {
    const worker = new Worker(module, {execArgv: [], workerData: order, stderr: true})
    signal.addEventListener('abort', () => void worker.terminate(), {once: true})
    worker.once('message', (told: InspectAnswer | {readonly code: string; readonly message: string}) => {
      if ('code' in told) reject(new AppError(told.code, told.message))
      else resolve(told)
    })
    worker.once('error', error => reject(new AppError('DATABASE_UNREADABLE', messageOf(error), {cause: error})))
    worker.once('exit', () =>
      reject(new AppError('DATABASE_UNREADABLE', `${order.path}: the look into it ended early`)),
    )
  })
}

function whyNotSeen(path: string): AppError | undefined {
  try {
    accessSync(path, constants.R_OK)
    return undefined
  } catch (error) {
    const code = errnoCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return new AppError('DATABASE_ABSENT', `there is no database ${path}`)
    return new AppError('DATABASE_DENIED', `no permission to read ${path}`, {cause: error})
  }
}
