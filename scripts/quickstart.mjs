/**
 * `npm start`: the proxy on examples/quickstart.yaml with the console on it. State, logs and the servers' data lie in a
 * temporary folder, which goes when all has ended well and stays when something went wrong.
 */
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const folder = mkdtempSync(join(tmpdir(), 'only1mcp-quickstart-'))
mkdirSync(join(folder, 'files'))
process.env.NODE_ENV ??= 'production'
process.env.ONLY1MCP_QUICKSTART_DIR = folder
process.env.ONLY1MCP_STATE_DIR = join(folder, 'state')
process.env.ONLY1MCP_LOG_DIR = join(folder, 'log')
process.on('exit', code => {
  // 129, 130, 143: a signal is an ordinary end, too.
  if (code === 0 || code > 128) rmSync(folder, {recursive: true, force: true})
  else console.error(`state and logs of this run are in ${folder}`)
})

const config = fileURLToPath(new URL('../examples/quickstart.yaml', import.meta.url))
const {main} = await import('../dist/cli/main.js')
await main(
  ['start', '--tui', '--config', config, ...process.argv.slice(2)],
  new URL('../bin/run.js', import.meta.url).href,
)
