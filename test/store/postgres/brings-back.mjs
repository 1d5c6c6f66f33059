/** Opens a request log with rows in its spool and tells how many are back, until it is killed. */
import {writeSync} from 'node:fs'
import {openPostgresLog} from '../../../src/store/postgres/postgres-log.ts'

const [url, spoolDir] = process.argv.slice(2)
const log = openPostgresLog({url, spoolDir, maxSpoolBytes: 1e8, maxAgeMs: 0}, note => console.error(note.message))
setInterval(() => {
  const {written, spooled} = log.requests.figures()
  writeSync(1, `${written} of ${written + spooled}\n`)
}, 5)
