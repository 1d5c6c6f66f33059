/** What most terminals are at least, and what is taken where one does not say. */
export const usualColumns = 80
export const usualRows = 24

/**
 * How wide tables may be: the terminal, or COLUMNS where somebody set it (as for `ps`). undefined where nobody looks at
 * it: a program or `grep` gets whole names.
 */
export function outputColumns(
  stream: {readonly isTTY?: boolean; readonly columns?: number},
  env: NodeJS.ProcessEnv,
): number | undefined {
  if (stream.isTTY === true) return stream.columns || usualColumns
  const asked = Number(env.COLUMNS)
  return Number.isInteger(asked) && asked > 0 ? asked : undefined
}
