import {examinationText} from '../diagnostics/server/examination-text.ts'
import {examineServer} from '../diagnostics/server/examine-server.ts'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {jsonObject} from './json-object.ts'
import {printJson, printLine} from './output.ts'
import {paintFor} from './style.ts'

export interface DoctorServerRequest {
  readonly id: string
  readonly configFlag: string | undefined
  readonly keyEnv: string | undefined
  readonly timeoutMs: number
  readonly direct: boolean
  readonly tool: string | undefined
  readonly args: string
  readonly json: boolean
}

/** Prints all that can be found out about one server. @returns the exit status @throws AppError */
export async function doctorServer(request: DoctorServerRequest): Promise<number> {
  const {id, keyEnv, json} = request
  const key = keyEnv === undefined ? undefined : process.env[keyEnv]
  if (keyEnv !== undefined && !key)
    throw new AppError('NO_KEY', `the environment variable ${keyEnv} is not set`, {exitCode: exitCode.usage})
  const call = request.tool === undefined ? undefined : {name: request.tool, args: jsonObject(request.args)}
  const {stderr} = process
  if (stderr.isTTY) stderr.write(`looking at ${id} …`)
  const end = (): void => void (stderr.isTTY && stderr.write('\r\u001b[K'))
  const examination = await examineServer({
    id,
    key,
    call,
    direct: request.direct,
    timeoutMs: request.timeoutMs,
    configFlag: request.configFlag,
    env: process.env,
    cwd: process.cwd(),
    signal: new AbortController().signal,
  }).finally(end)
  const {exitCode: status, ...document} = examination
  if (json) printJson(document)
  else {
    const paint = paintFor(process.stdout, process.env)
    for (const line of examinationText(examination, {width: process.stdout.columns || 80, paint})) printLine(line)
  }
  return status
}
