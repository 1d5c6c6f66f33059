import type {CancelSignal} from '../../mcp/cancel-source.ts'

/** Waits, unless the client goes. @returns whether the time has passed */
export function pause(ms: number, signal: CancelSignal): Promise<boolean> {
  return new Promise(resolve => {
    const end = (passed: boolean): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      resolve(passed)
    }
    const onAbort = (): void => end(false)
    const timer = setTimeout(() => end(true), ms)
    if (signal.aborted) return end(false)
    signal.addEventListener('abort', onAbort, {once: true})
  })
}
