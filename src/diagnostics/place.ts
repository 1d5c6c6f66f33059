/** Where a command was called: what discovery of files goes by. */
export interface Place {
  /** The file that was named on the command line. */
  readonly configFlag: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly home: string
}
