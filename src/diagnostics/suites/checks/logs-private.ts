import {type Check, notSeen, pass, skip, warn} from '../../check.ts'
import {shortList} from '../../checks/short-list.ts'

/** Logs name users, tools and addresses: not everybody on the host reads them. */
export const logsPrivate: Check<['logs.modes']> = {
  id: 'logs.private',
  category: 'logs',
  severity: 'warn',
  title: 'log files are not readable by everybody',
  docs: 'a-log-is-readable-by-everybody',
  after: [],
  needs: ({logDir}) => [`logs.modes:${logDir ?? ''}`],
  run([modes], {logDir}) {
    if (modes.state === 'absent') return [skip(logDir ?? '', `no logs to look at: ${modes.why}`)]
    if (modes.state !== 'known') return [notSeen(modes, logDir ?? '')]
    const bad = modes.value.flatMap(({path, kind, mode, ownedByUs}) => {
      if (kind !== 'file')
        return [
          warn(path, `a log is no regular file: ${path}`, {
            remedy: `ls -l ${path}; the runtime refuses to write there`,
          }),
        ]
      if ((mode & 0o007) === 0) return []
      const shown = (mode & 0o777).toString(8).padStart(4, '0')
      return [
        warn(path, `a log is readable by everybody: ${path} has mode ${shown}`, {
          remedy: `chmod o-rwx ${path}`,
          fix: ownedByUs ? {kind: 'mode' as const, path, mode: mode & ~0o007} : undefined,
        }),
      ]
    })
    if (bad.length > 0) return shortList(bad)
    return [pass(logDir ?? '', `${modes.value.length} log files are closed to others`)]
  },
}
