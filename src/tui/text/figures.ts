import {formatDuration} from '../../shared/duration.ts'

/** A rate a second: `0`, `0.3`, `12.4`, `1240`. */
export function formatRate(perSecond: number): string {
  if (perSecond <= 0) return '0'
  if (perSecond < 0.05) return '<0.1'
  return perSecond < 100 ? perSecond.toFixed(1) : String(Math.round(perSecond))
}

/** A count with thousands apart: `18 221`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ' ')
}

/** A share: `0%`, `<0.1%`, `2.4%`, `100%`. */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0 || part <= 0) return '0%'
  const percent = (part / whole) * 100
  if (percent < 0.1) return '<0.1%'
  return percent < 10 ? `${percent.toFixed(1)}%` : `${Math.round(percent)}%`
}

/** A latency, or `-` where nothing was measured. */
export function formatLatency(ms: number | undefined): string {
  if (ms === undefined) return '-'
  return ms >= 10 && ms < 1000 ? `${Math.round(ms)}ms` : formatDuration(ms)
}

/**
 * `12:01:05` of an ISO-8601 UTC time, with the date in front on another day than `today`. Never "5 s ago": what has not
 * changed must not be painted anew each second.
 */
export function formatClock(iso: string, today = ''): string {
  const match = /^(\d{4}-(\d\d-\d\d))T(\d\d:\d\d:\d\d)/.exec(iso)
  if (!match) return iso.slice(0, 19)
  const [, day, monthDay, time] = match
  return today === '' || today.startsWith(day ?? '') ? (time ?? '') : `${monthDay} ${time?.slice(0, 5)}`
}
