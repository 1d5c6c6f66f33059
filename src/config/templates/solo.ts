import {head} from './head.ts'

/** One person's workstation: programs over stdio and one remote server, nobody else is let in. */
export const soloTemplate = `${head('one person, one machine')}
version: "1.0"

# Only programs of this machine can connect: http://127.0.0.1:8080/mcp
server:
  host: 127.0.0.1
  port: 8080
  request_timeout: 60s

servers:
  # A program on this machine, run without a shell. Its tools are named files__<tool>.
  - id: files
    command: npx
    args: ["-y", "@modelcontextprotocol/server-filesystem", "\${HOME}"]
    timeout: 30s
    # Offer what reads, not what changes: remove these lines to offer all.
    tools:
      allow: ["read_*", "list_*", "search_*", "get_*"]

  # A server that is reached over HTTP. The token stays out of this file.
  - id: remote
    endpoint: https://mcp.example.com/mcp
    headers:
      Authorization: "Bearer \${REMOTE_TOKEN}"
    timeout: 30s
    # Away for now? Nothing is sent to it then.
    enabled: false

# A server that fails again and again is left alone for a while.
health:
  circuit_breaker:
    failure_threshold: 5
    recovery_timeout: 30s

observability:
  logging:
    level: info
    rotation:
      max_size: 20MiB
      keep: 3
  # What was called, when, and how it ended: requests.db in the state folder.
  request_log:
    enabled: true
    max_age: 7d
`
