import {join} from 'node:path'
import {formatBytes} from '../../shared/bytes.ts'
import {type Check, type CheckContext, fail, info, notSeen, pass, skip, warn} from '../check.ts'

interface DatabaseCheck extends Pick<Check, 'id' | 'title' | 'docs'> {
  readonly file: string
  /** What it is for people, such as "the request log". */
  readonly name: string
  /** Whether requests are kept in it, unless the configuration says PostgreSQL. */
  readonly requestLog?: boolean
}

/** A SQLite file of the state folder passes quick_check. */
export function databaseCheck({file, name, requestLog = false, ...head}: DatabaseCheck): Check<['store.integrity']> {
  const pathIn = ({stateDir}: CheckContext): string => (stateDir === null ? '' : join(stateDir, file))
  return {
    ...head,
    category: 'stores',
    severity: 'fail',
    after: ['host.disk'],
    needs: context => [`store.integrity:${pathIn(context)}`],
    run([store], context) {
      const path = pathIn(context)
      const elsewhere = requestLog && context.outline?.requestLog === 'postgres'
      if (store.state === 'absent' && elsewhere) return [skip(path, `no ${file}: requests are kept in PostgreSQL`)]
      if (store.state === 'absent') return [info(path, `there is no ${file}: nothing was kept yet`)]
      if (store.state !== 'known') return [notSeen(store, path)]
      const {bytes, faults, putAside} = store.value
      const last = putAside.at(-1)
      if (faults.length === 0 && last !== undefined) {
        return [
          warn(path, `${name} was damaged: the runtime put it aside as ${last} and began a new one`, {
            evidence: putAside.slice(0, -1),
            causes: [{id: 'host.disk'}],
            remedy: `find out why (dmesg, a full disk, a copy over it); rm ${last} when nothing of it is needed`,
          }),
        ]
      }
      if (faults.length === 0) return [pass(path, `${name} is sound (${formatBytes(bytes)})`)]
      return [
        fail(path, `${name} is damaged: ${faults[0]}`, {
          evidence: [...faults.slice(1), `${path}, ${formatBytes(bytes)}`],
          causes: [{id: 'host.disk'}],
          remedy: `restart the runtime: it keeps the file as ${file}.corrupt-<time> and begins a new one`,
        }),
      ]
    },
  }
}
