import {formatDuration} from '../../shared/duration.ts'
import {type Check, notSeen, pass, warn} from '../check.ts'

const movedMs = 60_000
/** Nothing of this program is older. */
const buildEraMs = Date.UTC(2026, 0, 1)

/** The wall clock is right: certificates, tokens and logs depend on it. */
export const hostClock: Check<['host.clock']> = {
  id: 'host.clock',
  category: 'host',
  severity: 'warn',
  title: 'the clock of this host is right',
  docs: 'the-clock-of-this-host-may-be-wrong',
  after: [],
  needs: () => ['host.clock'],
  run([clock]) {
    if (clock.state !== 'known') return [notSeen(clock, '')]
    const {movedMs: moved, synchronized, by, wallMs} = clock.value
    const faults = [
      ...(wallMs < buildEraMs
        ? [`it says ${new Date(wallMs).toISOString()}, which is before this program was made`]
        : []),
      ...(moved !== null && Math.abs(moved) > movedMs
        ? [`it was moved ${formatDuration(Math.abs(moved))} ${moved > 0 ? 'ahead' : 'back'} since the runtime started`]
        : []),
      ...(synchronized === false ? [`${by} says that it is not synchronized`] : []),
    ]
    const [first] = faults
    if (first === undefined)
      return [pass('', `the clock is ${synchronized === true ? `kept right by ${by}` : 'plausible'}`)]
    return [
      warn('', `the clock of this host may be wrong: ${first}`, {
        evidence: [...faults.slice(1), 'tokens and certificates are judged by it'],
        remedy: 'timedatectl status; start a time service (systemctl enable --now systemd-timesyncd, or chrony)',
      }),
    ]
  },
}
