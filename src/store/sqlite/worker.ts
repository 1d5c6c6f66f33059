import {parentPort} from 'node:worker_threads'
import {systemClock} from '../../shared/clock.ts'
import {messageOf} from '../../shared/errors.ts'
import type {Order, Told} from './messages.ts'
import {OwnedFile} from './owned-file.ts'

/** The thread that owns the databases: SQLite is loaded here and nowhere else in the runtime. */
const port = parentPort
if (port === null) throw new Error('this module is a worker thread')
const tell = (told: Told): void => port.postMessage(told)

/** How soon a write that failed is tried again, a removed file is noticed, and old rows go. */
const tickMs = 1000

const files = new Map<number, OwnedFile>()

try {
  const {default: sqlite} = await import('better-sqlite3')
  new sqlite(':memory:').close() // the native part is loaded with the first database
  port.on('message', (order: Order) => {
    if (order.do === 'open') {
      files.set(order.file, new OwnedFile(order, {sqlite, clock: systemClock, tell}))
      return
    }
    const file = files.get(order.file)
    if (order.do === 'write') file?.write(order)
    if (order.do === 'read') file?.read(order)
    if (order.do === 'close') {
      file?.close()
      files.delete(order.file)
      tell({is: 'closed', file: order.file})
    }
  })
  setInterval(() => {
    for (const file of files.values()) file.tick()
  }, tickMs)
} catch (error) {
  tell({is: 'unavailable', message: messageOf(error).split('\n', 1)[0] ?? ''})
}
