const unitMs = {ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000} as const

/**
 * Reads `250ms`, `30s`, `1.5m`, `2h`, `1d` or a bare number of milliseconds.
 * @returns milliseconds, or undefined when the text is no duration
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim())
  if (!match) return undefined
  return Number(match[1]) * unitMs[(match[2] ?? 'ms') as keyof typeof unitMs]
}

/** A duration in the two largest units that matter: `350ms`, `4.2s`, `3m 20s`, `5h 12m`, `3d 4h`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${ms < 10 ? Number(ms.toFixed(1)) : Math.floor(ms)}ms`
  if (ms < 60_000) return `${Number((Math.floor(ms / 100) / 10).toFixed(1))}s`
  const [large, small, largeMs, smallMs] =
    ms < unitMs.h
      ? (['m', 's', unitMs.m, 1000] as const)
      : ms < unitMs.d
        ? (['h', 'm', unitMs.h, unitMs.m] as const)
        : (['d', 'h', unitMs.d, unitMs.h] as const)
  const rest = Math.floor((ms % largeMs) / smallMs)
  return `${Math.floor(ms / largeMs)}${large}${rest > 0 ? ` ${rest}${small}` : ''}`
}
