/** Facts of the machine and of processes on it. */
export interface HostFactValues {
  readonly 'host.memory': HostMemory
  /** `host.disk:<folder>`; of the nearest folder above that exists */
  readonly 'host.disk': DiskSpace
  readonly 'host.clock': HostClock
  /** `host.sockets:<pid>`; without a pid only what the machine has */
  readonly 'host.sockets': SocketCounts
  /** Every TCP socket that listens, and whose it is. */
  readonly 'host.listeners': readonly {readonly address: string; readonly port: number; readonly user: string}[]
  /** `host.cgroup:<pid>` */
  readonly 'host.cgroup': CgroupLimits
  /** `host.unit:<pid>`: the systemd unit of that process, else the one by our name */
  readonly 'host.unit': UnitSettings
  readonly 'host.firewall': FirewallRules
  /** `process.details:<pid>` */
  readonly 'process.details': ProcessDetails
  /** Every process with our owner mark. */
  readonly 'process.owned': OwnedProcesses
  /** Every runtime on this machine. */
  readonly 'process.runtimes': readonly RunningRuntime[]
  /** `process.proxy_variables:<pid>`: names only, and hosts without user info */
  readonly 'process.proxy_variables': readonly ProxyVariable[]
  /** This very program. */
  readonly 'install.self': OwnInstall
}

export interface HostMemory {
  readonly totalBytes: number
  readonly availableBytes: number
  readonly swapTotalBytes: number
  readonly swapFreeBytes: number
}

export interface DiskSpace {
  readonly folder: string
  readonly totalBytes: number
  /** For users that are not root. */
  readonly freeBytes: number
  /** 0 on file systems that make inodes as they need them. */
  readonly totalInodes: number
  readonly freeInodes: number
}

export interface HostClock {
  /** How far the wall clock was moved since the runtime started; null without one. */
  readonly movedMs: number | null
  /** Whether a time service says that the clock is right; null where none could be asked. */
  readonly synchronized: boolean | null
  readonly by: string | null
  readonly wallMs: number
}

export interface SocketCounts {
  /** Of the machine, by the kernel's names (ESTABLISHED, CLOSE_WAIT …). */
  readonly states: Readonly<Record<string, number>>
  /** Of the process that was asked for; null where its descriptors are not for this user to see. */
  readonly ofProcess: Readonly<Record<string, number>> | null
  readonly ephemeral: {readonly low: number; readonly high: number; readonly used: number}
}

export interface CgroupLimits {
  readonly version: 1 | 2
  readonly path: string
  /** null: no limit. */
  readonly memoryLimitBytes: number | null
  readonly memoryUsedBytes: number | null
  readonly oomKills: number | null
  readonly pidsLimit: number | null
  readonly pidsUsed: number | null
}

export interface UnitSettings {
  readonly unit: string
  readonly settings: readonly {
    readonly file: string
    readonly line: number
    readonly name: string
    readonly value: string
  }[]
}

export interface FirewallRules {
  readonly tool: 'nft' | 'iptables'
  readonly rules: readonly string[]
}

export interface ProcessDetails {
  readonly pid: number
  readonly user: string
  readonly uptimeMs: number
  readonly rssBytes: number
  readonly peakRssBytes: number
  readonly swapBytes: number
  readonly threads: number
  /** Open descriptors; null where this user may not count them. */
  readonly descriptors: number | null
  readonly descriptorLimit: number | null
  readonly zombies: readonly {readonly pid: number; readonly program: string}[]
  /** The program file was replaced or removed since it was started. */
  readonly programReplaced: boolean
}

export interface OwnedProcesses {
  readonly processes: readonly OwnedProcess[]
  /** Instances whose reaper lives: it ends what they leave behind. */
  readonly watched: readonly string[]
  readonly unreadable: number
}

export interface OwnedProcess {
  readonly pid: number
  readonly startTicks: number
  readonly program: string
  readonly argv: readonly string[]
  readonly instance: string
}

export interface RunningRuntime {
  readonly pid: number
  readonly configPath: string | null
  readonly stateDir: string
}

export interface ProxyVariable {
  readonly name: string
  /** Host and port; for NO_PROXY the whole list. */
  readonly value: string
}

export interface OwnInstall {
  readonly version: string
  readonly node: string
  /** The launcher in the package; null when it is not there. */
  readonly launcher: {readonly path: string; readonly mode: number; readonly ownedByUs: boolean} | null
}
