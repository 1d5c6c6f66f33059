import type {RequestLog, RequestLogFigures, StoreNote} from '../request-log.ts'
import {requestLine} from '../request-row.ts'
import {RowQueue} from '../row-queue.ts'
import {WorkerThread} from '../worker-thread.ts'
import type {Order, PostgresSettings, Told} from './messages.ts'

/** A request log that several instances share. */
export interface PostgresLog {
  readonly requests: RequestLog
  /** What is not written within the time waits on disk for the next start. Twice is harmless. */
  close(deadlineMs: number): Promise<void>
}

export function openPostgresLog(settings: PostgresSettings, tell: (note: StoreNote) => void): PostgresLog {
  const underWay = new Map<number, {readonly order: Order; readonly settled: (taken: boolean) => void}>()
  let batches = 0
  let [written, lost, waiting, spooledTotal] = [0, 0, 0, 0]
  let state: RequestLogFigures['state'] = 'ok'
  let lastError: string | null = null
  let lossTold = false
  let closed: (() => void) | undefined

  const trouble = (message: string): void => {
    lastError = message
    if (state === 'spooling') return
    state = 'spooling'
    tell({level: 'WARN', kind: 'StoreTrouble', message: `PostgreSQL cannot be used: ${message}; rows wait on disk`})
  }
  const recovered = (): void => {
    state = 'ok'
    lossTold = false
    tell({level: 'INFO', kind: 'StoreRecovered', message: 'PostgreSQL is used again; what waited is written'})
  }
  const settle = (batch: number, taken: boolean): void => {
    const write = underWay.get(batch)
    underWay.delete(batch)
    write?.settled(taken)
  }
  const told = (told: Told): void => {
    if ('waiting' in told) waiting = told.waiting
    switch (told.is) {
      case 'written':
        written += told.rows
        settle(told.batch, true)
        if (state === 'spooling') recovered() // by a thread that was started after one had died
        break
      case 'spooled':
        spooledTotal += told.rows
        settle(told.batch, true)
        break
      case 'replayed':
        written += told.rows
        break
      case 'lost':
        lastError = told.why
        if (told.batch === null) lost += told.rows
        else settle(told.batch, false)
        if (!lossTold)
          tell({level: 'WARN', kind: 'StoreLoss', message: `rows of the request log are lost: ${told.why}`})
        lossTold = true
        break
      case 'trouble':
        trouble(told.message)
        break
      case 'recovered':
        recovered()
        break
      case 'closed':
        closed?.()
        break
      case 'unavailable':
        state = 'unavailable'
        lastError = told.message
        tell({level: 'WARN', kind: 'StoreTrouble', message: `pg cannot be loaded: ${told.message}; rows are lost`})
        for (const batch of [...underWay.keys()]) settle(batch, false)
        break
      default:
        told satisfies never
    }
  }
  const thread = new WorkerThread<Order, Told>({
    module: 'postgres/worker',
    onTold: told,
    onDeath: message => trouble(`the thread that writes it ended: ${message}`),
    onStart: () => {
      thread.order({do: 'open', ...settings})
      for (const {order} of underWay.values()) thread.order(order)
    },
  })
  thread.order({do: 'open', ...settings})
  const queue = new RowQueue({
    send: (lines, rows, settled) => {
      if (state === 'unavailable') return settled(false)
      const order: Order = {do: 'write', batch: ++batches, rows, lines}
      underWay.set(order.batch, {order, settled})
      thread.order(order)
    },
  })

  const close = async (deadlineMs: number): Promise<void> => {
    const until = performance.now() + deadlineMs
    thread.order({do: 'hurry'})
    await queue.close(deadlineMs)
    if (state !== 'unavailable') {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>(resolve => {
        closed = resolve
        const withinMs = Math.max(200, until - performance.now())
        timer = setTimeout(resolve, withinMs)
        thread.order({do: 'close', withinMs})
      })
      clearTimeout(timer)
    }
    await thread.stop()
  }
  let closing: Promise<void> | undefined
  return {
    requests: {
      record: row => queue.push(requestLine(row)),
      figures: () => ({
        backend: 'postgres',
        written,
        dropped: queue.dropped + lost,
        spooled: waiting,
        spooledTotal,
        state,
        lastError,
      }),
    },
    close: deadlineMs => {
      closing ??= close(deadlineMs)
      return closing
    },
  }
}
