import type {ServerSnapshot} from '../../control/contract/server.ts'

/** One made-up backend of the demo, and how it behaves. */
export interface DemoServer {
  readonly id: string
  readonly name: string
  readonly transport: ServerSnapshot['transport']
  readonly target: string
  readonly status: ServerSnapshot['status']
  readonly tools: number
  readonly toolNames: readonly string[]
  readonly callsPerSecond: number
  readonly typicalMs: number
  /** Calls that take forty times as long. */
  readonly slowShare: number
  readonly errorShare: number
  /** What it answers when a call fails. */
  readonly complaint: string
  readonly diesEveryMs?: number
  readonly lastError: Omit<NonNullable<ServerSnapshot['lastError']>, 'at'> | null
}

export const demoServers: readonly DemoServer[] = [
  {
    id: 'filesystem',
    name: 'Filesystem',
    transport: 'stdio',
    target: 'npx -y @modelcontextprotocol/server-filesystem /srv/data',
    status: 'up',
    tools: 14,
    toolNames: ['read_text_file', 'list_directory', 'search_files', 'get_file_info'],
    callsPerSecond: 3,
    typicalMs: 2.4,
    slowShare: 0.004,
    errorShare: 0.01,
    complaint: 'ENOENT: no such file or directory, open /srv/data/report.txt',
    lastError: null,
  },
  {
    id: 'github',
    name: 'GitHub',
    transport: 'http',
    target: 'https://mcp.example.com/github/mcp',
    status: 'up',
    tools: 26,
    toolNames: ['search_issues', 'get_file_contents', 'list_pull_requests'],
    callsPerSecond: 2,
    typicalMs: 85,
    slowShare: 0.02,
    errorShare: 0.03,
    complaint: 'API rate limit exceeded',
    lastError: null,
  },
  {
    id: 'memory',
    name: 'Memory',
    transport: 'stdio',
    target: 'npx -y @modelcontextprotocol/server-memory',
    status: 'up',
    tools: 9,
    toolNames: ['search_nodes', 'add_observations', 'read_graph'],
    callsPerSecond: 1.5,
    typicalMs: 1.6,
    slowShare: 0,
    errorShare: 0.005,
    complaint: 'entity "night-shift" does not exist',
    diesEveryMs: 23_000,
    lastError: null,
  },
  {
    id: 'weather',
    name: 'Weather',
    transport: 'sse',
    target: 'https://weather.example.com/sse',
    status: 'down',
    tools: 0,
    toolNames: ['forecast'],
    callsPerSecond: 0.1,
    typicalMs: 30,
    slowShare: 0,
    errorShare: 1,
    complaint: 'connect ECONNREFUSED 203.0.113.7:443',
    lastError: {
      kind: 'ConnectFailed',
      message: 'connect ECONNREFUSED 203.0.113.7:443',
      blame: 'transport',
    },
  },
  {
    id: 'thinking',
    name: 'Sequential Thinking',
    transport: 'stdio',
    target: 'npx -y @modelcontextprotocol/server-sequential-thinking',
    status: 'up',
    tools: 1,
    toolNames: ['sequentialthinking'],
    callsPerSecond: 0.8,
    typicalMs: 0.9,
    slowShare: 0,
    errorShare: 0,
    complaint: 'thought 7 of 5',
    lastError: null,
  },
]
