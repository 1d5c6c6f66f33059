/** Writes rows one after the other and prints the id of each that was acknowledged, until it is killed. */
import {writeSync} from 'node:fs'
import {openSqliteFile} from '../../../src/store/sqlite/sqlite-thread.ts'

const [path, round] = process.argv.slice(2)
const file = openSqliteFile({
  path,
  schema: 'requests',
  limits: {maxAgeMs: 0, maxBytes: 0},
  onTrouble: message => console.error(message),
  onRecovered: () => {},
  onReplaced: message => console.error(message),
})
setInterval(() => {}, 1000)
for (let row = 0; ; row++) {
  const id = `${round}-${row}`
  const line = JSON.stringify([id, 'i', new Date().toISOString(), ...Array(14).fill(null)])
  await new Promise(resolve => file.write('request_logs', line, resolve))
  writeSync(1, `${id}\n`)
}
