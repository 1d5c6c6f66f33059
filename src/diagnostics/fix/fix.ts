/** What `--fix` may do: plain data, so that a check stays pure. */
export type Fix =
  | {readonly kind: 'mode'; readonly path: string; readonly mode: number}
  | {readonly kind: 'make-folder'; readonly path: string}
  | {readonly kind: 'remove-leftover'; readonly path: string; readonly what: 'record' | 'socket'}
  | {
      readonly kind: 'end-process'
      readonly pid: number
      /** Field 22 of /proc/<pid>/stat when it was seen: another process with its pid is left alone. */
      readonly startTicks: number
      readonly program: string
    }
