import {readdirSync, readFileSync} from 'node:fs'
import {setImmediate as nextTurn} from 'node:timers/promises'
import {ownerVariable} from '../../mcp/sweep.ts'
import {errnoCode} from '../../shared/errors.ts'
import {programName, readArgv, readProcessStat} from '../../shared/proc.ts'
import type {OwnedProcess} from '../facts/host.ts'
import type {Collector} from '../live-facts.ts'

/** Every process that a runtime has started, by the mark in its environment, wherever it moved in the process tree. */
export const processOwned: Collector<'process.owned'> = {
  kind: 'process.owned',
  timeoutMs: 4000,
  async collect(_about, {signal}) {
    const processes: OwnedProcess[] = []
    const watched: string[] = []
    let unreadable = 0
    let looked = 0
    for (const name of readdirSync('/proc')) {
      if (signal.aborted) break
      if (!/^\d+$/.test(name)) continue
      const pid = Number(name)
      try {
        const instance = instanceIn(readFileSync(`/proc/${pid}/environ`, 'latin1'))
        const stat = instance === undefined ? undefined : readProcessStat(pid)
        if (stat !== undefined && instance !== undefined && stat.state !== 'Z') {
          const {startTicks, comm} = stat
          const own = readArgv(pid) ?? []
          processes.push({pid, startTicks, program: programName(comm, own), argv: own, instance})
        }
        const argv = readArgv(pid) ?? []
        if (argv[3] === 'only1mcp-reaper') watched.push(argv[4] ?? '')
      } catch (error) {
        if (errnoCode(error) === 'EACCES' || errnoCode(error) === 'EPERM') unreadable++
      }
      if (++looked % 64 === 0) await nextTurn()
    }
    return {state: 'known', value: {processes, watched, unreadable}}
  },
}

/** The part of the mark before the colon: `<instance>:<server>.<n>`. */
function instanceIn(environment: string): string | undefined {
  const start = `${ownerVariable}=`
  const entry = environment.split('\0').find(pair => pair.startsWith(start))
  return entry?.slice(start.length).split(':')[0]
}
