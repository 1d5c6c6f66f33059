import {type Check, fail, info, notSeen, pass} from '../../check.ts'
import {isLiving, mainSighting} from '../../sighting.ts'

/** `runtime.json`, by which every console finds the runtime, can be read and is of its folder. */
export const stateRecord: Check<['runtime.record']> = {
  id: 'state.record',
  category: 'stores',
  severity: 'fail',
  title: 'the record of the runtime is sound',
  docs: 'the-record-of-the-runtime-cannot-be-used',
  after: [],
  needs: () => ['runtime.record'],
  run([runtime]) {
    if (runtime.state !== 'known') return [notSeen(runtime, '')]
    const sighting = mainSighting(runtime.value)
    if (sighting === undefined) return [info('', 'there is no state folder yet: the first start makes it')]
    const {read, stateDir} = sighting
    if (read.state === 'absent') return [info(read.path, 'no runtime has left a record: it has ended in good order')]
    if (read.state === 'denied') return [notSeen({...runtime, state: 'denied', why: read.why}, read.path)]
    const remedy = `mv ${read.path} ${read.path}.bad, then only1mcp start writes a new one`
    if (read.state === 'error')
      return [fail(read.path, `the record of the runtime cannot be used: ${read.why}`, {remedy})]
    const {pid, statePath, startedAt} = read.record
    if (statePath !== stateDir && !isLiving(sighting))
      return [
        fail(read.path, `the record of the runtime cannot be used: it is of another folder, ${statePath}`, {remedy}),
      ]
    return [pass(read.path, `the record names pid ${pid}, started ${startedAt}`)]
  },
}
