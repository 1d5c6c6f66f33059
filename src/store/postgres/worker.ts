import {parentPort} from 'node:worker_threads'
import {messageOf} from '../../shared/errors.ts'
import type {Order, Told} from './messages.ts'
import {PostgresWriter} from './writer.ts'

/** The thread that speaks to PostgreSQL and keeps the spool: what it waits for never holds a request. */
const port = parentPort
if (port === null) throw new Error('this module is a worker thread')
const tell = (told: Told): void => port.postMessage(told)

let writer: PostgresWriter | undefined

try {
  await import('pg')
  port.on('message', async (order: Order) => {
    if (order.do === 'open') writer = new PostgresWriter(order, tell)
    if (order.do === 'write') writer?.write(order)
    if (order.do === 'hurry') writer?.hurry()
    if (order.do === 'close') {
      await writer?.close(order.withinMs)
      tell({is: 'closed'})
    }
  })
} catch (error) {
  tell({is: 'unavailable', message: messageOf(error).split('\n', 1)[0] ?? ''})
}
