/**
 * What is measured: each subject says how to start it over the same backend and what to send it. `start` gives
 * {pid, port, path, bodies, legacy, stop}: the process whose CPU counts, and `legacy` when a handshake comes first.
 */
import {execFileSync} from 'node:child_process'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {freePort, startProxy} from '../../test/conformance/running-proxy.ts'
import {startListening} from './listening.mjs'
import {callBody, hubCallBody, listBody} from './payloads.mjs'
import {installPeer} from './peers.mjs'

const HUB_READY_MS = 20_000
const file = name => fileURLToPath(new URL(name, import.meta.url))
const stdioBackend = file('stdio-backend.mjs')
const mcp = {path: '/mcp', bodies: {call: callBody, list: listBody}, legacy: true}

async function startNginx({backendPort, folder, pin}) {
  try {
    execFileSync('nginx', ['-v'], {stdio: 'ignore'})
  } catch {
    throw new Error('nginx is not installed')
  }
  const port = await freePort()
  const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${folder}/${name};`)
  // One process, so that its pid is the worker; no access log, which makes it the harder mark.
  const config = `daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 100000000; ${temps.join(' ')}
  upstream backend { server 127.0.0.1:${backendPort}; keepalive 64; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
`
  writeFileSync(join(folder, 'nginx.conf'), config)
  const args = ['-p', folder, '-c', join(folder, 'nginx.conf')]
  return {...mcp, port, ...(await startListening(pin('nginx', args), {port}))}
}

async function startSdkProxy({backendUrl, pin}) {
  const port = await freePort()
  const args = [file('sdk-proxy.mjs'), backendUrl, String(port)]
  return {...mcp, port, ...(await startListening(pin(process.execPath, args), {port}))}
}

async function startHub({backendUrl, folder, peersFolder, pin}) {
  const installed = await installPeer('mcp-hub', peersFolder)
  const port = await freePort()
  const config = join(folder, 'hub.json')
  writeFileSync(config, JSON.stringify({mcpServers: {be: {url: backendUrl}}}))
  const args = [join(installed, 'dist/cli.js'), '--port', String(port), '--config', config]
  const env = {XDG_STATE_HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder}
  const running = await startListening(pin(process.execPath, args), {port, env})
  await firstHubCall(port).catch(async error => {
    await running.stop()
    throw error
  })
  return {...running, port, path: '/api/servers/tools', bodies: {call: hubCallBody}, legacy: false}
}

/** It listens before its backend is connected, and says nothing of that on its port. */
async function firstHubCall(port) {
  const deadline = performance.now() + HUB_READY_MS
  for (;;) {
    const request = {method: 'POST', headers: {'content-type': 'application/json'}, body: hubCallBody}
    const response = await fetch(`http://127.0.0.1:${port}/api/servers/tools`, request)
    const text = await response.text()
    if (response.ok) return
    if (performance.now() > deadline) throw new Error(`no call within ${HUB_READY_MS} ms: ${text.slice(0, 200)}`)
    await delay(100)
  }
}

async function startMcpProxy({peersFolder, pin}) {
  const installed = await installPeer('mcp-proxy', peersFolder)
  const port = await freePort()
  const entry = join(installed, 'dist/bin/mcp-proxy.mjs')
  const args = [entry, '--port', String(port), '--host', '127.0.0.1', '--', process.execPath, stdioBackend]
  return {...mcp, port, ...(await startListening(pin(process.execPath, args), {port}))}
}

async function startSupergateway({peersFolder, pin}) {
  const installed = await installPeer('supergateway', peersFolder)
  const port = await freePort()
  const entry = join(installed, 'dist/index.js')
  const options = ['--outputTransport', 'streamableHttp', '--stateful', '--port', String(port), '--logLevel', 'none']
  const args = [entry, '--stdio', `${process.execPath} ${stdioBackend}`, ...options]
  return {...mcp, port, ...(await startListening(pin(process.execPath, args), {port}))}
}

async function startOurs(server, {pin}) {
  const [command, args] = pin('', [])
  const wrap = command === '' ? [] : [command, ...args.filter(argument => argument !== '')]
  const proxy = await startProxy([{id: 'be', prefix: '', ...server}], {wrap})
  return {...mcp, port: Number(new URL(proxy.url).port), pid: proxy.pid, stop: proxy.stop}
}

export const subjects = [
  {
    id: 'direct',
    title: 'the backend itself',
    start: async ({backendPort, backendPid}) => ({...mcp, port: backendPort, pid: backendPid, stop: async () => {}}),
  },
  {id: 'nginx', title: 'nginx, reverse proxy', start: startNginx},
  {id: 'sdk', title: 'SDK v2 server and client, stateless', start: startSdkProxy},
  {id: 'mcp-hub', title: 'mcp-hub, its REST call', start: startHub},
  {id: 'mcp-proxy', title: 'mcp-proxy, stdio backend', stdio: true, start: startMcpProxy},
  {id: 'supergateway', title: 'supergateway, stdio backend', stdio: true, start: startSupergateway},
  {
    id: 'only1mcp',
    title: 'only1mcp, HTTP backend',
    start: environment => startOurs({endpoint: environment.backendUrl}, environment),
  },
  {
    id: 'only1mcp-stdio',
    title: 'only1mcp, stdio backend',
    stdio: true,
    start: environment => startOurs({command: process.execPath, args: [stdioBackend]}, environment),
  },
]

/** A folder of its own for one start. */
export function scratchFolder(root, id, round) {
  const folder = join(root, `${id}-${round}`)
  mkdirSync(folder, {recursive: true})
  return folder
}
