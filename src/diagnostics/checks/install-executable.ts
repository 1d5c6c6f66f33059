import {type Check, fail, notSeen, pass, skip} from '../check.ts'

/** The launcher can be run (the guide's `chmod +x`). */
export const installExecutable: Check<['install.self']> = {
  id: 'install.executable',
  category: 'process',
  severity: 'fail',
  title: 'the launcher bin/only1mcp is executable',
  docs: 'the-launcher-is-not-executable',
  after: [],
  needs: () => ['install.self'],
  run([install]) {
    if (install.state !== 'known') return [notSeen(install, '')]
    const {launcher} = install.value
    if (launcher === null) return [skip('', 'the package has no launcher of its own here')]
    const {path, mode, ownedByUs} = launcher
    if ((mode & 0o111) === 0o111) return [pass(path, `${path} is executable`)]
    return [
      fail(path, `the launcher is not executable by everybody: ${path} has mode ${mode.toString(8)}`, {
        remedy: `chmod +x ${path}`,
        fix: ownedByUs ? {kind: 'mode', path, mode: mode | 0o111} : undefined,
      }),
    ]
  },
}
