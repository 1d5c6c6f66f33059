import {Flags} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.ts'
import {printLine} from '../cli/output.ts'

export default class Start extends BaseCommand {
  static override readonly summary = 'run the proxy: many MCP servers behind one endpoint'
  static override readonly examples = [
    '<%= config.bin %> start --config config.yaml',
    '<%= config.bin %> start --port 8081 --log-level debug',
    '<%= config.bin %> start --tui',
  ]
  static override readonly flags = {
    config: Flags.string({
      description:
        'configuration file (else ONLY1MCP_CONFIG, ./only1mcp.yaml, ./config.yaml, ~/.config/only1mcp/config.yaml, /etc/only1mcp/config.yaml)',
    }),
    host: Flags.string({description: 'address to listen on (ONLY1MCP_HOST, server.host)'}),
    port: Flags.integer({description: 'port to listen on (ONLY1MCP_PORT, server.port)', min: 0, max: 65_535}),
    'log-level': Flags.string({
      description:
        'trace, debug, info, warn or error, or by module: info,only1mcp::proxy=trace (ONLY1MCP_LOG, RUST_LOG, observability.logging)',
    }),
    'log-format': Flags.string({description: 'text or json (ONLY1MCP_LOG_FORMAT)'}),
    profile: Flags.boolean({description: 'serve profiles on 127.0.0.1:6060/debug/pprof/ (profiling)'}),
    'profile-cpu': Flags.string({description: 'write a CPU profile (pprof) of the whole run to this file at the end'}),
    'profile-mem': Flags.string({description: 'write a heap profile (pprof) to this file at the end'}),
    trace: Flags.string({description: 'write a trace that Perfetto opens to this file at the end'}),
    daemon: Flags.boolean({
      description: 'go on in the background; returns when the runtime answers',
      exclusive: ['tui'],
    }),
    'pid-file': Flags.string({
      description: 'write the pid there while it runs (ONLY1MCP_PID_FILE)',
      env: 'ONLY1MCP_PID_FILE',
    }),
    tui: Flags.boolean({description: 'open the console on it; the runtime ends with the console'}),
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(Start)
    const start = {
      config: flags.config,
      host: flags.host,
      port: flags.port,
      logLevel: flags['log-level'],
      logFormat: flags['log-format'],
      profile: flags.profile,
      recordings: {cpu: flags['profile-cpu'], mem: flags['profile-mem'], trace: flags.trace},
    }
    if (!flags.daemon && !flags.tui) {
      const {becomeRuntime} = await import('../cli/become-runtime.ts')
      return becomeRuntime({flags: start, pidFile: flags['pid-file'], argv: process.argv})
    }
    const {settleStart} = await import('../cli/start-settings.ts')
    const {loadConfig} = await import('../config/load.ts')
    const settings = await settleStart(start, process.env, process.cwd(), loadConfig)
    const {launchRuntime} = await import('../cli/launch.ts')
    const args = this.argv.filter(argument => argument !== '--daemon' && argument !== '--tui')
    const launched = await launchRuntime({
      args,
      stateDir: settings.stateDir,
      mode: flags.daemon ? 'detached' : 'attached',
    })
    if (flags.daemon) {
      const {record} = launched
      return printLine(
        `only1mcp ${record.version} runs in the background: pid ${record.pid}, ${record.host}:${record.port}, logs in ${record.logPath}`,
      )
    }
    const {runOwnedConsole} = await import('../cli/owned-console.ts')
    await runOwnedConsole(launched)
  }
}
