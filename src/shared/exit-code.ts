/** What a command's exit status means, the same in every output format. */
export const exitCode = {
  ok: 0,
  /** A check failed, a server is down, errors were found. */
  findings: 1,
  /** Wrong usage or an invalid configuration. */
  usage: 2,
  /** It could not look or could not do it: no permission, no such instance. */
  unable: 3,
  timeout: 4,
  /** A fault of ours. */
  internal: 70,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
