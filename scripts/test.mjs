/** `npm test`: the lock file, lint and format, the tests' types, then the tests; ends with one plain line of counts. */
import {spawnSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const run = (...args) => spawnSync(process.execPath, args, {cwd: root, stdio: 'inherit'}).status ?? 1

const gates = [
  ['scripts/lockcheck.mjs'],
  ['node_modules/@biomejs/biome/bin/biome', 'check', '.'],
  ['node_modules/typescript/bin/tsc', '-p', 'test/tsconfig.json'],
]
for (const gate of gates) {
  const status = run(...gate)
  if (status !== 0) process.exit(status)
}

const folder = mkdtempSync(join(tmpdir(), 'only1mcp-test-'))
const report = join(folder, 'report.json')
const status = run(
  'node_modules/vitest/vitest.mjs',
  'run',
  ...process.argv.slice(2),
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
)
try {
  const {numPassedTests, numFailedTests, numPendingTests} = JSON.parse(readFileSync(report, 'utf8'))
  console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`)
} finally {
  rmSync(folder, {recursive: true, force: true})
}
process.exitCode = status
