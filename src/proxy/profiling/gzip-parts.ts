import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {createGzip} from 'node:zlib'

/** Compresses a text that comes in parts. */
export async function gzipParts(parts: AsyncIterable<string>): Promise<Buffer> {
  const chunks: Buffer[] = []
  await pipeline(Readable.from(parts), createGzip(), async function* (compressed: AsyncIterable<Buffer>) {
    for await (const chunk of compressed) chunks.push(chunk)
    yield* []
  })
  return Buffer.concat(chunks)
}
