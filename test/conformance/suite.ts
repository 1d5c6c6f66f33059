/** Runs the public conformance suite as a child process and reads its verdicts from the files it leaves. */
import {spawn} from 'node:child_process'
import {readdirSync, readFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parse} from 'yaml'
import {endWithUs} from './end-with-us.ts'

const packageFolder = fileURLToPath(new URL('../../node_modules/@modelcontextprotocol/conformance', import.meta.url))

export const requirementSets = ['2025-11-25', '2026-07-28'] as const
export type RequirementSet = (typeof requirementSets)[number]
export type Leg = 'server' | 'client'

export interface ScenarioResult {
  readonly scenario: string
  /** Counts for conformance to the revision; the others are reported only. */
  readonly scored: boolean
  readonly verdict: 'pass' | 'fail' | 'skip' | 'missing'
  readonly passed: number
  readonly failed: number
  readonly warned: number
  /** `check id: message` of what failed or warned. */
  readonly complaints: readonly string[]
}

export interface SuiteResult {
  readonly requirements: RequirementSet
  readonly scenarios: readonly ScenarioResult[]
  /** Exit code of the suite: 0 when every scored scenario passed. */
  readonly exitCode: number
  /** What the suite printed; the place to look when scenarios are missing. */
  readonly output: string
}

export interface SuiteOptions {
  readonly requirements: RequirementSet
  /** An empty folder; the suite writes one folder a scenario into it. */
  readonly outputFolder: string
  readonly signal?: AbortSignal
}

/** Tests a server under `url` (a loopback address ending in /mcp). */
export const runServerSuite = (url: string, options: SuiteOptions): Promise<SuiteResult> =>
  runSuite('server', ['--url', url], options)

/** Tests a client program: the suite appends the URL of its own server to `command`. */
export const runClientSuite = (command: string, options: SuiteOptions): Promise<SuiteResult> =>
  runSuite('client', ['--command', command], options)

async function runSuite(leg: Leg, target: readonly string[], options: SuiteOptions): Promise<SuiteResult> {
  const {requirements, outputFolder, signal} = options
  const entry = join(packageFolder, 'dist/index.js')
  const args = [entry, leg, ...target, '--requirements', requirements, '--output-dir', outputFolder]
  const child = spawn(process.execPath, args, {stdio: ['ignore', 'pipe', 'pipe'], ...(signal && {signal})})
  endWithUs(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      output += chunk
    })
  }
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve(code ?? 1))
  })
  return {requirements, exitCode, output, scenarios: readResults(outputFolder, leg, requirements)}
}

interface Check {
  readonly id: string
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO'
  readonly errorMessage?: string
}

/** The verdict of each scenario that the requirement set lists, scored ones first; never run ones are `missing`. */
export function readResults(outputFolder: string, leg: Leg, requirements: RequirementSet): ScenarioResult[] {
  const checks = readChecks(outputFolder, leg)
  return listScenarios(leg, requirements).map(({scenario, scored}) => ({
    scenario,
    scored,
    ...judge(checks.get(scenario)),
  }))
}

export function listScenarios(leg: Leg, requirements: RequirementSet): {scenario: string; scored: boolean}[] {
  const file = join(packageFolder, 'requirements', `${requirements}.yaml`)
  const set: Record<Leg, string[]> & {not_scored: {scenario: string; leg: Leg}[]} = parse(readFileSync(file, 'utf8'))
  const unscored = set.not_scored.filter(entry => entry.leg === leg)
  return [
    ...set[leg].map(scenario => ({scenario, scored: true})),
    ...unscored.map(({scenario}) => ({scenario, scored: false})),
  ]
}

/** Folders are named `[server-]<scenario>-<time>`; a scenario may hold a slash and so be a folder in a folder. */
function readChecks(outputFolder: string, leg: Leg): Map<string, Check[]> {
  const found = new Map<string, Check[]>()
  for (const entry of readdirSync(outputFolder, {recursive: true, withFileTypes: true})) {
    if (entry.name !== 'checks.json') continue
    const folder = relative(outputFolder, entry.parentPath).replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, '')
    const scenario = leg === 'server' ? folder.replace(/^server-/, '') : folder
    found.set(scenario, JSON.parse(readFileSync(join(entry.parentPath, entry.name), 'utf8')))
  }
  return found
}

function judge(checks: readonly Check[] | undefined): Omit<ScenarioResult, 'scenario' | 'scored'> {
  if (checks === undefined) return {verdict: 'missing', passed: 0, failed: 0, warned: 0, complaints: []}
  const count = (status: Check['status']) => checks.filter(check => check.status === status).length
  const [passed, failed, warned] = [count('SUCCESS'), count('FAILURE'), count('WARNING')]
  const complaints = checks
    .filter(({status}) => status === 'FAILURE' || status === 'WARNING')
    .map(({id, errorMessage}) => `${id}: ${errorMessage ?? 'no message'}`)
  const verdict = failed > 0 ? 'fail' : passed + warned === 0 ? 'skip' : 'pass'
  return {verdict, passed, failed, warned, complaints}
}
