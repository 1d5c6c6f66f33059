/**
 * A server of the soak: its tool `work {nonce}` writes the nonce down and gives it back, so that a call that is carried
 * out twice, or answered with another one's answer, shows.
 *   node resilience-backend.mjs stdio|http <name> <folder>
 * Writes `<folder>/<name>.json` {port, control, pid} when it is ready, and appends nonces to `<folder>/<name>.done`.
 * `GET /?mode=M&ms=N` on the control port misbehaves for N ms, whatever is called: see `faults`.
 */
import {appendFileSync, renameSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import {join} from 'node:path'

const [transport, name, folder] = process.argv.slice(2)
const doneFile = join(folder, `${name}.done`)
const hugeBytes = 8 * 1024 * 1024
const tool = {name: 'work', inputSchema: {type: 'object', properties: {nonce: {type: 'string'}}}}
let [mode, until] = ['ok', 0]
/** Of huge answers, which would drown the machine by themselves. */
let hugeLeft = 0

const current = () => (performance.now() < until ? mode : 'ok')

/** Nonces of one turn of the loop in one write; before their answers go out. */
let done = ''
function note(nonce) {
  if (done === '') setImmediate(flush)
  done += `${nonce}\n`
}
function flush() {
  if (done !== '') appendFileSync(doneFile, done)
  done = ''
}
process.on('exit', flush)

function answer({id, method, params}) {
  if (id === undefined || method === undefined) return undefined
  const result = value => ({jsonrpc: '2.0', id, result: value})
  if (method === 'initialize')
    return result({
      protocolVersion: params.protocolVersion,
      capabilities: {tools: {}},
      serverInfo: {name, version: '1.0.0'},
    })
  if (method === 'tools/list') return result({tools: [tool]})
  if (method === 'ping') return result({})
  if (method !== 'tools/call') return {jsonrpc: '2.0', id, error: {code: -32601, message: 'Method not found'}}
  const {nonce} = params.arguments
  note(nonce)
  const text = current() === 'huge' && hugeLeft-- > 0 ? nonce + 'x'.repeat(hugeBytes) : nonce
  return result({content: [{type: 'text', text}]})
}

/** Faults of a server over HTTP, by mode. Each gets the response, and a function that answers as usual. */
const faults = {
  ok: (_, usual) => usual(),
  huge: (_, usual) => usual(),
  hang: () => {},
  reset: response => response.socket.resetAndDestroy(),
  'reset-after': (response, usual) => {
    usual(() => response.socket.resetAndDestroy())
  },
  500: response => response.writeHead(500, {'content-type': 'text/plain'}).end('out of order'),
  html: response => response.writeHead(200, {'content-type': 'text/html'}).end('<html>It works!</html>'),
  'slow-headers': (_, usual) => setTimeout(usual, 1500),
  'cut-off': response => {
    response.writeHead(200, {'content-type': 'application/json', 'content-length': '5000'})
    response.write('{"jsonrpc":"2.0",')
    setTimeout(() => response.destroy(), 50)
  },
}

function serveHttp() {
  const server = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    if (request.method !== 'POST') return response.writeHead(405).end()
    const message = JSON.parse(Buffer.concat(chunks).toString())
    const fault = message.method === 'tools/call' ? (faults[current()] ?? faults.ok) : faults.ok
    fault(response, instead => {
      const reply = answer(message)
      if (instead) return instead()
      if (reply === undefined) return response.writeHead(202).end()
      response.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify(reply))
    })
  })
  server.keepAliveTimeout = 60_000
  return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(server.address().port)))
}

function serveStdio() {
  let pending = ''
  const write = reply => reply !== undefined && process.stdout.write(`${JSON.stringify(reply)}\n`)
  process.stdin.setEncoding('utf8').on('data', chunk => {
    const lines = (pending + chunk).split('\n')
    pending = lines.pop()
    for (const line of lines) {
      if (line.trim() === '') continue
      const message = JSON.parse(line)
      const now = message.method === 'tools/call' ? current() : 'ok'
      if (now === 'exit') process.exit(7)
      if (now === 'garbage')
        process.stdout.write('\u001b[31mnot json \u0000\n{"jsonrpc":"2.0","id":"nobody","result":{}}\n')
      if (now !== 'hang') write(answer(message))
    }
  })
  process.stdin.on('end', () => process.exit(0))
}

const port = transport === 'http' ? await serveHttp() : null
if (transport === 'stdio') serveStdio()
const control = createServer((request, response) => {
  const {searchParams} = new URL(request.url, 'http://localhost')
  ;[mode, until] = [searchParams.get('mode'), performance.now() + Number(searchParams.get('ms'))]
  hugeLeft = 3
  response.end()
})
control.unref()
control.listen(0, '127.0.0.1', () => {
  const place = join(folder, `${name}.json`)
  writeFileSync(`${place}.${process.pid}`, JSON.stringify({port, control: control.address().port, pid: process.pid}))
  renameSync(`${place}.${process.pid}`, place)
  if (transport === 'http') console.log(`listening ${port}`)
})
