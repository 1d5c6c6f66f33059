import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import type {FactOutcome} from '../fact.ts'
import type {KeptArtefact} from '../facts/suites.ts'
import type {Collector} from '../live-facts.ts'
import {artefactFault} from './artefact-fault.ts'
import {sightFile, whyUnseen} from './kept-file.ts'

/** Names that a shell takes as they stand: these folders are typed into `tar` and `cp` at night. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9._+@=-]{0,200}$/
const mostEntries = 1000

/** What lies in a folder of backups or recovery journals, and whether it can be read to its end. */
export const stateArtefacts: Collector<'state.artefacts'> = {
  kind: 'state.artefacts',
  timeoutMs: 30_000,
  async collect(folder, {signal}): Promise<FactOutcome<'state.artefacts'>> {
    if (folder === '') return {state: 'absent', why: 'no state folder is known'}
    let names: string[]
    try {
      names = readdirSync(folder).sort()
    } catch (error) {
      return whyUnseen(folder, error)
    }
    const value: KeptArtefact[] = []
    for (const name of names.slice(0, mostEntries)) {
      const path = join(folder, name)
      const file = sightFile(path)
      if ('state' in file) {
        if (file.state === 'absent') continue // gone between two looks
        return file
      }
      const fault = plainName.test(name) ? await artefactFault(path, signal) : 'its name holds odd characters'
      value.push({name, mode: file.mode, bytes: file.bytes, fault})
    }
    return {state: 'known', value}
  },
}
