import type {CancelSignal} from '../../mcp/cancel-source.ts'

/** Waits, unless the client goes. @returns whether the time has passed */
export function pause(ms: number, signal: CancelSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false)
  return new Promise(resolve => {
    const end = (passed: boolean): void => {
      clearTimeout(timer)
      signal.unlisten(listener)
      resolve(passed)
    }
    const listener = {onCancel: () => end(false)}
    const timer = setTimeout(() => end(true), ms)
    signal.listen(listener)
  })
}
