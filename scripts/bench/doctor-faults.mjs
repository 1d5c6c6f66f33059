/** Makes each fault in turn and asks the doctor about it. */
import {faults} from '../../test/fixtures/faults/catalogue.ts'
import {runFault} from '../../test/fixtures/faults/run-fault.ts'

/**
 * @param only ids of faults, or parts of them; all without one
 * @returns one run a fault
 */
export async function runFaults({only = [], onRun = () => {}} = {}) {
  const runs = []
  for (const fault of faults) {
    if (only.length > 0 && !only.some(part => fault.id.includes(part))) continue
    const run = await runFault(fault)
    onRun(run)
    runs.push(run)
  }
  return runs
}
