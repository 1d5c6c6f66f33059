import {deserialize, serialize} from 'node:v8'
import {loadConfig} from './load.ts'
import type {LoadOptions} from './loaded-config.ts'

/** What the process of `load-in-process.ts` is told on its standard input. */
export interface LoadOrder {
  readonly path: string
  readonly options: LoadOptions
}

const chunks: Buffer[] = []
for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk)
const {path, options} = deserialize(Buffer.concat(chunks)) as LoadOrder
process.stdout.write(serialize(loadConfig(path, options)))
