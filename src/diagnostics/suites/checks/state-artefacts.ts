import {join} from 'node:path'
import {formatBytes} from '../../../shared/bytes.ts'
import {type Check, type CheckContext, fail, info, notSeen, pass} from '../../check.ts'
import {shortList} from '../../checks/short-list.ts'

interface ArtefactCheck extends Pick<Check, 'id' | 'title' | 'docs'> {
  readonly folder: string
  /** What one of them is, such as "a backup". */
  readonly one: string
  readonly many: string
}

/** What a folder of the state keeps for a recovery can be read to its end, by its owner alone. */
function artefactCheck({folder, one, many, ...head}: ArtefactCheck): Check<['state.artefacts']> {
  const pathIn = ({stateDir}: CheckContext): string => (stateDir === null ? '' : join(stateDir, folder))
  return {
    ...head,
    category: 'stores',
    severity: 'fail',
    after: ['host.disk'],
    needs: context => [`state.artefacts:${pathIn(context)}`],
    run([kept], context) {
      const path = pathIn(context)
      if (kept.state === 'absent') return [info(path, `${many}: none yet`)]
      if (kept.state !== 'known') return [notSeen(kept, path)]
      const all = kept.value
      const bad = all.flatMap(({name, fault}) => (fault === null ? [] : [{name, fault}]))
      if (bad.length > 0)
        return shortList(
          bad.map(({name, fault}) =>
            fail(join(path, name), `${one} cannot be relied on: ${name}: ${fault}`, {
              causes: [{id: 'host.disk'}],
              remedy: fault.startsWith('others may read')
                ? `chmod -R go-rwx '${path}'`
                : `move it out of ${path}, and make another one while all is well`,
            }),
          ),
        )
      if (all.length === 0) return [info(path, `${many}: none yet`)]
      const bytes = all.reduce((sum, each) => sum + each.bytes, 0)
      return [pass(path, `${many}: ${all.length} can be read (${formatBytes(bytes)})`)]
    },
  }
}

/** Journals of recoveries, by which one that was cut off goes on or is undone. */
export const stateRecovery = artefactCheck({
  id: 'state.recovery',
  title: 'every recovery journal can be read',
  docs: 'a-recovery-journal-cannot-be-relied-on',
  folder: 'recovery',
  one: 'a recovery journal',
  many: 'recovery journals',
})

/** Backups, which nobody reads until the day they are needed. */
export const stateBackups = artefactCheck({
  id: 'state.backups',
  title: 'every backup can be read to its end',
  docs: 'a-backup-cannot-be-relied-on',
  folder: 'backups',
  one: 'a backup',
  many: 'backups',
})
