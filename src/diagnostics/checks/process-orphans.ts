import {type Check, notSeen, pass, warn} from '../check.ts'
import {isLiving, recordOf} from '../sighting.ts'

/** No server outlived the runtime that started it. */
export const processOrphans: Check<['process.owned', 'runtime.record']> = {
  id: 'process.orphans',
  category: 'process',
  severity: 'warn',
  title: 'no server process outlived its runtime',
  docs: 'processes-outlived-their-runtime',
  after: ['process.running'],
  needs: () => ['process.owned', 'runtime.record'],
  run([owned, runtime]) {
    if (owned.state !== 'known') return [notSeen(owned, '')]
    const records = runtime.state === 'known' ? runtime.value.filter(isLiving).map(recordOf) : []
    const living = [...records.map(record => record?.instance), ...owned.value.watched]
    const orphans = owned.value.processes.filter(({instance}) => !living.includes(instance))
    if (orphans.length === 0) return [pass('', 'no server process outlived its runtime')]
    return orphans.slice(0, 20).map(({pid, startTicks, program, argv, instance}) =>
      warn(`pid ${pid}`, `processes outlived their runtime: ${program} (pid ${pid})`, {
        evidence: [`command line: ${argv.join(' ')}`, `started by instance ${instance}, which is gone`],
        remedy: `kill ${pid}, if nobody else uses it`,
        fix: {kind: 'end-process', pid, startTicks, program},
      }),
    )
  },
}
