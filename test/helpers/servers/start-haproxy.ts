import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {freePort} from '../free-port.ts'
import {needsBinary} from '../missing-binary.ts'
import {type RunningProgram, spawnProgram} from '../program.ts'
import {tempDir} from '../temp-dir.ts'
import {untilAccepts} from './start-redis.ts'

export interface HaproxyServer {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string
  readonly process: RunningProgram
}

/**
 * A real haproxy on loopback that gives each request to the next of these servers, with nothing that would keep a client
 * at one of them; ended with the test, which is skipped where it is not installed.
 */
export async function startHaproxy(ports: readonly number[]): Promise<HaproxyServer> {
  const binary = needsBinary('haproxy')
  const [port, folder] = [await freePort(), tempDir()]
  const config = join(folder, 'haproxy.cfg')
  writeFileSync(
    config,
    `global
  maxconn 2000
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  option redispatch 1
  retries 2
  option httpchk
  http-check send meth GET uri /health ver HTTP/1.1 hdr Host localhost
listen mcp
  bind 127.0.0.1:${port}
  balance roundrobin
${ports.map((each, index) => `  server runtime-${index} 127.0.0.1:${each} check inter 200ms fall 2 rise 1`).join('\n')}
`,
  )
  const program = spawnProgram(binary, ['-f', config, '-db'], {cwd: folder})
  await untilAccepts(port)
  return {url: `http://127.0.0.1:${port}`, process: program}
}
