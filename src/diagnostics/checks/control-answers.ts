import {type Check, fail, notSeen, pass} from '../check.ts'
import {aboutOf} from '../fact.ts'

/** The control socket speaks a contract that this program reads. */
export const controlAnswers: Check<['control.snapshot']> = {
  id: 'control.answers',
  category: 'process',
  severity: 'fail',
  title: 'the control socket answers in a contract that this program reads',
  docs: 'the-runtime-speaks-another-contract',
  after: ['process.running'],
  needs: ({socket}) => [`control.snapshot:${socket ?? ''}`],
  run([control]) {
    const socket = aboutOf(control.key)
    if (control.state !== 'known') return [notSeen(control, socket, {causes: [{id: 'process.running'}]})]
    const {snapshot, mismatch} = control.value
    if (snapshot !== null) {
      return [pass(socket, `the control socket answers (contract ${snapshot.contract}, instance ${snapshot.instance})`)]
    }
    return [
      fail(socket, 'the runtime speaks another contract than this program', {
        evidence: [mismatch],
        remedy: 'use the only1mcp that the runtime was started with, or restart the runtime with this one',
      }),
    ]
  },
}
