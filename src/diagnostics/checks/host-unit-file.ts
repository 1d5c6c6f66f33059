import {type Check, type CheckResult, notSeen, pass, skip, warn} from '../check.ts'
import type {UnitSettings} from '../facts/host.ts'

type Setting = UnitSettings['settings'][number]

/** What is wrong with one setting, and what to write instead. */
const faults: readonly {readonly of: (setting: Setting) => boolean; readonly says: string; readonly write: string}[] = [
  {
    of: ({name}) => name === 'MemoryLimit',
    says: 'MemoryLimit= is deprecated and ignored with cgroup v2',
    write: 'MemoryMax=',
  },
  {
    of: ({name, value}) => name === 'KillMode' && (value === 'none' || value === 'process'),
    says: 'this KillMode= leaves servers behind when the runtime is killed',
    write: 'KillMode=mixed',
  },
  {
    of: ({name, value}) => name === 'LimitNOFILE' && Number(value.split(':')[0]) < 1024,
    says: 'LimitNOFILE= is too low for a proxy',
    write: 'LimitNOFILE=65536',
  },
  {
    of: ({name, value}) => name === 'Restart' && value === 'no',
    says: 'Restart=no leaves a crashed runtime down',
    write: 'Restart=on-failure',
  },
]

/** The systemd unit says what is meant (the guide's `MemoryLimit=` is no longer it). */
export const hostUnitFile: Check<['host.unit']> = {
  id: 'host.unit_file',
  category: 'host',
  severity: 'warn',
  title: 'the systemd unit has no setting that does harm or nothing',
  docs: 'a-setting-of-the-unit-file',
  after: [],
  needs: ({pid}) => [`host.unit:${pid ?? ''}`],
  run([unit]) {
    if (unit.state === 'absent') return [skip('', unit.why)]
    if (unit.state !== 'known') return [notSeen(unit, '')]
    const found = unit.value.settings.flatMap((setting): CheckResult[] =>
      faults
        .filter(({of}) => of(setting))
        .map(({says, write}) =>
          warn(`${setting.file}:${setting.line}`, `a setting of the unit file ${unit.value.unit}: ${says}`, {
            evidence: [`${setting.file}:${setting.line}: ${setting.name}=${setting.value}`],
            remedy: `write ${write} with systemctl edit --full ${unit.value.unit}, then systemctl daemon-reload`,
          }),
        ),
    )
    return found.length > 0 ? found : [pass(unit.value.unit, `the unit ${unit.value.unit} is well`)]
  },
}
