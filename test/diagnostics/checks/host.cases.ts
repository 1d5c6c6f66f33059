import {hostCgroup} from '../../../src/diagnostics/checks/host-cgroup.ts'
import {hostClock} from '../../../src/diagnostics/checks/host-clock.ts'
import {hostDisk} from '../../../src/diagnostics/checks/host-disk.ts'
import {hostInodes} from '../../../src/diagnostics/checks/host-inodes.ts'
import {hostMemory} from '../../../src/diagnostics/checks/host-memory.ts'
import {hostOomKills} from '../../../src/diagnostics/checks/host-oom-kills.ts'
import {hostPorts} from '../../../src/diagnostics/checks/host-ports.ts'
import {hostUnitFile} from '../../../src/diagnostics/checks/host-unit-file.ts'
import {cgroup, sockets} from '../whole-world.ts'
import {healthy, known, missing, worldFrom} from '../world.ts'
import type {CheckCases} from './check-case.ts'

const gib = 1024 ** 3
const mib = 1024 ** 2
const disk = {folder: '/var', totalBytes: 100 * gib, freeBytes: 50 * gib, totalInodes: 1000, freeInodes: 900}
const right = {movedMs: null, synchronized: true, by: 'timedatectl', wallMs: Date.UTC(2026, 5)}

export const hostCases: readonly CheckCases[] = [
  {
    check: hostMemory,
    passing: [{when: 'half is left', world: healthy, status: 'pass', summary: '8.0 GiB of 16.0 GiB'}],
    failing: [
      {
        when: 'hardly any is left and there is no swap',
        world: worldFrom(healthy, {
          'host.memory': known({totalBytes: gib, availableBytes: 20 * mib, swapTotalBytes: 0, swapFreeBytes: 0}),
        }),
        status: 'fail',
        summary: 'hardly any memory is left: 20.0 MiB of 1.0 GiB',
        evidence: 'no swap',
      },
      {
        when: 'little is left',
        world: worldFrom(healthy, {
          'host.memory': known({totalBytes: gib, availableBytes: 60 * mib, swapTotalBytes: gib, swapFreeBytes: mib}),
        }),
        status: 'warn',
        summary: 'hardly any memory is left',
        evidence: 'swap free',
      },
    ],
    between: [
      {
        when: 'there is no /proc',
        world: worldFrom(healthy, {'host.memory': missing('absent', 'the system tells nothing')}),
        status: 'skip',
        summary: 'the system tells nothing',
      },
    ],
  },
  {
    check: hostDisk,
    passing: [{when: 'there is room', world: healthy, status: 'pass', summary: 'room for /var/lib/only1mcp'}],
    failing: [
      {
        when: 'it is full',
        world: worldFrom(healthy, {'host.disk': known({...disk, freeBytes: mib})}),
        status: 'fail',
        subject: '/var/lib/only1mcp',
        summary: 'the disk is full: /var/lib/only1mcp has 1.0 MiB of 100 GiB free',
        remedy: 'df -h /var',
      },
      {
        when: 'it is nearly full',
        world: worldFrom(healthy, {'host.disk': known({...disk, freeBytes: 300 * mib})}),
        status: 'warn',
        summary: 'the disk is nearly full',
      },
    ],
  },
  {
    check: hostInodes,
    passing: [
      {when: 'many are left', world: healthy, status: 'pass', summary: 'inodes are free'},
      {
        when: 'the file system has no fixed number',
        world: worldFrom(healthy, {'host.disk': known({...disk, totalInodes: 0, freeInodes: 0})}),
        status: 'info',
        summary: 'makes inodes as it needs them',
      },
    ],
    failing: [
      {
        when: 'none are left',
        world: worldFrom(healthy, {'host.disk': known({...disk, freeInodes: 1})}),
        status: 'fail',
        summary: 'no inodes are left for /var/lib/only1mcp',
        remedy: 'df -i /var',
      },
    ],
  },
  {
    check: hostClock,
    passing: [
      {when: 'it is kept right', world: healthy, status: 'pass', summary: 'kept right by systemd-timesyncd'},
      {
        when: 'nobody says',
        world: worldFrom(healthy, {'host.clock': known({...right, synchronized: null, by: null})}),
        status: 'pass',
        summary: 'plausible',
      },
    ],
    failing: [
      {
        when: 'it was moved',
        world: worldFrom(healthy, {'host.clock': known({...right, movedMs: -3_600_000, synchronized: false})}),
        status: 'warn',
        summary: 'the clock of this host may be wrong: it was moved 1h back since the runtime started',
        evidence: 'timedatectl says that it is not synchronized',
      },
      {
        when: 'it stands in the past',
        world: worldFrom(healthy, {'host.clock': known({...right, wallMs: 0})}),
        status: 'warn',
        summary: '1970-01-01T00:00:00.000Z',
      },
    ],
  },
  {
    check: hostPorts,
    passing: [{when: 'most are free', world: healthy, status: 'pass', summary: '120 of 28232'}],
    failing: [
      {
        when: 'hardly one is free',
        world: worldFrom(healthy, {
          'host.sockets': known(sockets({ephemeral: {low: 32_768, high: 60_999, used: 28_000}})),
        }),
        status: 'fail',
        summary: 'nearly all ephemeral ports are in use',
        evidence: '40 ESTABLISHED',
      },
    ],
  },
  {
    check: hostCgroup,
    passing: [
      {when: 'its limits are far', world: healthy, status: 'pass', summary: '256 MiB of 2.0 GiB'},
      {
        when: 'there are no limits',
        world: worldFrom(healthy, {'host.cgroup': known(cgroup({memoryLimitBytes: null, pidsLimit: null}))}),
        status: 'pass',
        summary: 'no limit',
      },
    ],
    failing: [
      {
        when: 'its memory is used up',
        world: worldFrom(healthy, {'host.cgroup': known(cgroup({memoryUsedBytes: 2 * gib - mib}))}),
        status: 'fail',
        summary: 'the limit of the control group is near: memory',
        remedy: 'MemoryMax=',
      },
      {
        when: 'it has nearly as many processes as it may',
        world: worldFrom(healthy, {'host.cgroup': known(cgroup({pidsUsed: 3700}))}),
        status: 'warn',
        summary: 'processes: 3700 of 4096',
        remedy: 'TasksMax=',
      },
    ],
  },
  {
    check: hostOomKills,
    passing: [{when: 'none was', world: healthy, status: 'pass', summary: 'killed nothing'}],
    failing: [
      {
        when: 'two were',
        world: worldFrom(healthy, {'host.cgroup': known(cgroup({oomKills: 2}))}),
        status: 'fail',
        summary: '2 processes were killed for want of memory',
        remedy: 'journalctl -k',
      },
    ],
  },
  {
    check: hostUnitFile,
    passing: [
      {when: 'its settings are well', world: healthy, status: 'pass', summary: 'is well'},
      {
        when: 'there is no unit',
        world: worldFrom(healthy, {'host.unit': missing('absent', 'there is no unit file')}),
        status: 'skip',
        summary: 'no unit file',
      },
    ],
    failing: [
      {
        when: 'it limits memory in the old way',
        world: worldFrom(healthy, {
          'host.unit': known({
            unit: 'only1mcp.service',
            settings: [{file: '/etc/systemd/system/only1mcp.service', line: 9, name: 'MemoryLimit', value: '2G'}],
          }),
        }),
        status: 'warn',
        subject: '/etc/systemd/system/only1mcp.service:9',
        summary: 'a setting of the unit file only1mcp.service: MemoryLimit= is deprecated',
        evidence: 'MemoryLimit=2G',
        remedy: 'MemoryMax=',
      },
    ],
  },
]
