/** Facts of databases and of Redis. */
export interface StoreFactValues {
  /** `store.integrity:<file>` */
  readonly 'store.integrity': StoreIntegrity
  readonly 'store.postgres': {readonly rows: boolean; readonly ms: number}
  /** `store.redis:<host>:<port>` */
  readonly 'store.redis': RedisSight
  /** `store.breakers:<file>` */
  readonly 'store.breakers': readonly {readonly serverId: string; readonly state: string; readonly failures: number}[]
  /** `requests.recent:<file>` */
  readonly 'requests.recent': RequestFigures
}

export interface RedisSight {
  /** `+PONG`, or the first line that was not what is due. */
  readonly answer: string
  /** Of the fastest PING. */
  readonly ms: number
  /** It copies another one and takes no writes. */
  readonly replica?: boolean
}

export interface StoreIntegrity {
  readonly path: string
  readonly bytes: number
  /** What SQLite's quick_check found; empty when all is well. */
  readonly faults: readonly string[]
  /** Damaged files that a runtime has put aside before it began a new one, the newest last. */
  readonly putAside: readonly string[]
}

/** The last 15 minutes against the 24 hours before them. */
export interface RequestFigures {
  readonly recent: RequestWindow
  readonly before: RequestWindow
  /** Slowest first, of the recent ones. */
  readonly methods: readonly {readonly method: string; readonly p99Ms: number; readonly count: number}[]
}

export interface RequestWindow {
  readonly count: number
  readonly errors: number
  readonly p99Ms: number | null
}
