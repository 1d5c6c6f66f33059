import {execa} from 'execa'

/** The only programs of the system that are ever run for a look, with what they are asked. Never through a shell. */
const looks = {
  timedatectl: ['show', '--property=NTPSynchronized', '--value'],
  nft: ['--stateless', 'list', 'ruleset'],
  iptables: ['--wait', '1', '--list-rules'],
} as const

export type LookProgram = keyof typeof looks

export type ProgramAnswer =
  | {readonly state: 'known'; readonly stdout: string}
  | {readonly state: 'absent' | 'denied' | 'timeout' | 'error'; readonly why: string}

/** Where such programs stand; the PATH of whoever calls is not trusted. */
const systemPath = '/usr/sbin:/usr/bin:/sbin:/bin'
const maxBytes = 1024 * 1024

/** Runs one of the allowed programs, with nothing of our environment, and gives what it printed. Never rejects. */
export async function askProgram(
  program: LookProgram,
  options: {readonly signal: AbortSignal; readonly timeoutMs: number},
): Promise<ProgramAnswer> {
  const result = await execa(program, looks[program], {
    extendEnv: false,
    env: {PATH: systemPath, LC_ALL: 'C'},
    stdin: 'ignore',
    reject: false,
    timeout: options.timeoutMs,
    cancelSignal: options.signal,
    maxBuffer: maxBytes,
    cwd: '/',
  })
  if (result.timedOut) return {state: 'timeout', why: `${program} did not end within ${options.timeoutMs} ms`}
  if (result.code === 'ENOENT') return {state: 'absent', why: `${program} is not installed`}
  if (result.exitCode === 0) return {state: 'known', stdout: result.stdout}
  const said = result.stderr.split('\n')[0] ?? ''
  if (/permission|not permitted|must be root|denied/i.test(result.stderr) || result.code === 'EACCES')
    return {state: 'denied', why: `${program} is for root: ${said.slice(0, 200)}`}
  return {state: 'error', why: `${program} ended with ${result.exitCode ?? result.signal}: ${said.slice(0, 200)}`}
}
