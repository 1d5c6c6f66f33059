import {type Check, notSeen, pass, skip, warn} from '../check.ts'

/** One runtime works on one configuration: two of them share its logs and quarrel over its ports. */
export const processSingle: Check<['process.runtimes']> = {
  id: 'process.single',
  category: 'process',
  severity: 'warn',
  title: 'no second runtime works on the same configuration',
  docs: 'runtimes-work-on-the-same-configuration',
  after: ['process.running'],
  needs: () => ['process.runtimes'],
  run([runtimes], {configPath}) {
    if (configPath === null) return [skip('', 'which configuration counts is not known')]
    if (runtimes.state !== 'known') return [notSeen(runtimes, configPath)]
    const same = runtimes.value.filter(each => each.configPath === configPath)
    if (same.length < 2) return [pass(configPath, 'no second runtime works on this configuration')]
    const pids = same.map(({pid}) => pid)
    return [
      warn(configPath, `${same.length} runtimes work on the same configuration: pids ${pids.join(', ')}`, {
        evidence: same.map(({pid, stateDir}) => `pid ${pid} keeps its state in ${stateDir}`),
        remedy: `end the one that nobody manages: kill PID of ${pids.join(' or ')}`,
      }),
    ]
  },
}
