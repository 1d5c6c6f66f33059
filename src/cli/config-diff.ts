import {homedir} from 'node:os'
import {type Comparison, type ConfigChange, compareConfigs} from '../config/compare.ts'
import {readGenerations} from '../config/generations.ts'
import {openConfig, withPlaceholders} from '../config/open-config.ts'
import {readConfigFile} from '../config/read-config-file.ts'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {safeText} from '../shared/safe-text.ts'
import {findInstance} from './instance.ts'
import {printJson, printLine, printNote} from './output.ts'
import {paintFor} from './style.ts'

/** Prints what differs between two files. Exit 1 where something does, as diff does. @throws AppError */
export function diffFiles(before: string, after: string, json: boolean, env: NodeJS.ProcessEnv = process.env): void {
  printComparison(before, after, compare(before, after, env), json)
}

/** The file that the running runtime was given, as it is now, against what the runtime holds. @throws AppError */
export async function diffRunning(json: boolean, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const {client} = await findInstance(env)
  const {config, paths} = await client.snapshot()
  if (config.path === null)
    throw new AppError('NO_CONFIG_FILE', 'the runtime runs without a configuration file: there is nothing to compare')
  const file = readConfigFile(config.path)
  if (file.ok && file.sha256 === config.sha256) {
    if (json) return printJson({before: 'running', after: config.path, same: true, compared: 'bytes', changes: []})
    return printLine(`${safeText(config.path)} is the same as what is running (sha256 ${config.sha256.slice(0, 12)}…)`)
  }
  const kept = readGenerations(paths.state)
  const running =
    kept.state === 'known' ? kept.generations.find(({sha256}) => sha256 === config.sha256)?.path : undefined
  if (running !== undefined) return printComparison('running', config.path, compare(running, config.path, env), json)
  process.exitCode = exitCode.findings
  if (json) return printJson({before: 'running', after: config.path, same: false, compared: 'bytes', changes: null})
  printLine(`${safeText(config.path)} has changed since the runtime took it`)
  printNote(
    kept.state === 'denied'
      ? `What is running may be in ${safeText(kept.path)}, which this user may not read.`
      : 'What is running was not kept as a generation (it did not serve long enough), so it cannot be shown what changed.',
  )
}

function compare(before: string, after: string, env: NodeJS.ProcessEnv): Comparison {
  const open = (path: string) => {
    const file = readConfigFile(path)
    return openConfig(path, file.ok ? withPlaceholders(file.text, {...env, HOME: env.HOME ?? homedir()}) : env)
  }
  return compareConfigs(open(before), open(after))
}

function printComparison(before: string, after: string, {compared, changes}: Comparison, json: boolean): void {
  if (changes.length > 0) process.exitCode = exitCode.findings
  if (json) return printJson({before, after, same: changes.length === 0, compared, changes})
  if (compared === 'written')
    printNote(
      'One of the files is not valid (only1mcp validate says why): compared is what is written, without defaults.',
    )
  if (changes.length === 0) return printLine('no difference in meaning')
  const paint = paintFor(process.stdout, process.env)
  for (const change of changes)
    printLine(
      paint(change.kind === 'added' ? 'good' : change.kind === 'removed' ? 'bad' : 'warning', changeLine(change)),
    )
  printLine(`${changes.length} ${changes.length === 1 ? 'difference' : 'differences'}`)
}

function changeLine({kind, path, before, after, secret}: ConfigChange): string {
  const name = safeText(path, {max: 200})
  const text = (value: unknown): string =>
    safeText(typeof value === 'string' ? value : JSON.stringify(value), {max: 200})
  if (kind === 'added') return `+ ${name}: ${text(after)}`
  if (kind === 'removed') return `- ${name}: ${text(before)}`
  return secret ? `~ ${name}: a secret, changed` : `~ ${name}: ${text(before)} -> ${text(after)}`
}
