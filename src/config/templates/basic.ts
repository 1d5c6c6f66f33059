import {head} from './head.ts'

/** Starts as it is, and shows what to write next. */
export const basicTemplate = `${head('what every installation starts from')}
version: "1.0"

# Where MCP clients connect: http://127.0.0.1:8080/mcp
server:
  host: 127.0.0.1
  port: 8080
  # How long a call may take when its server says nothing else.
  request_timeout: 60s

# The MCP servers behind this one. Remove the "#" of an example and adapt it; tools are named <id>__<tool>.
servers:
  # A program on this machine that speaks MCP over stdin and stdout:
  # - id: files
  #   command: npx
  #   args: ["-y", "@modelcontextprotocol/server-filesystem", "/srv/shared"]
  #   timeout: 30s

  # A server that is reached over HTTP:
  # - id: github
  #   endpoint: https://mcp.example.com/mcp
  #   headers:
  #     Authorization: "Bearer \${GITHUB_TOKEN}"

observability:
  logging:
    level: info # trace, debug, info, warn or error
    format: text # or json
  # Prometheus metrics: http://127.0.0.1:9091/metrics
  metrics:
    enabled: true
    host: 127.0.0.1
    port: 9091

# Folders for state and logs; by default /var/lib/only1mcp and /var/log/only1mcp where they can be written,
# else below ~/.local/state/only1mcp.
# paths:
#   state: /var/lib/only1mcp
#   logs: /var/log/only1mcp
`
