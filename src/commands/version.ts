import {Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../cli/base-command.ts'
import {readBuildInfo} from '../cli/build-info.ts'
import {printJson, printLine} from '../cli/output.ts'

export default class Version extends BaseCommand {
  static override readonly summary = 'print the version, and with --build-info what it was built from and runs on'
  static override readonly examples = ['<%= config.bin %> version --build-info']
  static override readonly flags = {
    'build-info': Flags.boolean({description: 'commit, build time, Node, libraries and platform'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(Version)
    const info = readBuildInfo()
    if (flags.json) return printJson(flags['build-info'] ? info : {version: info.version})
    printLine(`only1mcp ${info.version}`)
    if (!flags['build-info']) return
    printLine(`commit     ${info.commit ?? 'unknown'}${info.dirty === true ? ' (with uncommitted changes)' : ''}`)
    printLine(`built      ${info.builtAt}`)
    printLine(`node       ${info.node} (${info.execPath})`)
    printLine(`platform   ${info.platform}`)
    printLine(
      `libraries  ${Object.entries(info.libraries)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ')}`,
    )
  }
}
