import {type Check, fail, notSeen, pass, warn} from '../check.ts'

/** Only its owner can change the configuration: it names programs that the runtime starts. */
export const configWritable: Check<['config.file', 'process.details']> = {
  id: 'config.writable',
  category: 'config',
  severity: 'fail',
  title: 'the configuration cannot be changed by everybody',
  docs: 'the-configuration-can-be-changed-by-everybody',
  after: ['config.found'],
  needs: ({configPath, pid}) => [`config.file:${configPath ?? ''}`, `process.details:${pid ?? ''}`],
  run([file, details]) {
    if (file.state !== 'known') return [notSeen(file, '', {causes: [{id: 'config.found'}]})]
    const {path, mode, owner, ownedByUs, openFolders} = file.value
    const evidence = 'whoever changes it decides which programs the runtime starts, as its user'
    if ((mode & 0o002) !== 0) {
      return [
        fail(path, `the configuration can be changed by everybody: mode ${(mode & 0o777).toString(8)}`, {
          evidence: [evidence],
          remedy: `chmod o-w ${path}`,
          fix: ownedByUs ? {kind: 'mode', path, mode: mode & ~0o002} : undefined,
        }),
      ]
    }
    const [folder] = openFolders
    const asRoot = details.state === 'known' && details.value.user === 'root'
    if (folder === undefined && asRoot && owner !== 'root')
      return [
        warn(path, `the configuration belongs to ${owner}, and the runtime runs as root`, {
          evidence: [`${owner} decides which programs root starts`],
          remedy: `chown root ${path}, or run the runtime as ${owner}`,
        }),
      ]
    if (folder === undefined) return [pass(path, `only ${owner} and its group may change the configuration`)]
    return [
      fail(path, `the configuration can be changed by everybody: ${folder} lets all exchange it`, {
        evidence: [`writable by everybody, without the sticky bit: ${openFolders.join(', ')}`, evidence],
        remedy: `chmod o-w ${folder}`,
      }),
    ]
  },
}
