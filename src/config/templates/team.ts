import {head} from './head.ts'

/** A few people and their jobs share one proxy: keys, roles, limits, a cache. */
export const teamTemplate = `${head('a team that shares one proxy')}
version: "1.0"

# 0.0.0.0 lets other hosts connect: put TLS in front of it, or add server.tls (see the enterprise template).
server:
  host: 127.0.0.1
  port: 8080
  request_timeout: 60s
  # Names that clients use in their URL, besides localhost.
  # allowed_hosts: [mcp.team.example.com]

servers:
  - id: github
    endpoint: \${GITHUB_MCP_URL:-https://mcp.example.com/github}
    auth:
      token: \${GITHUB_TOKEN}
    timeout: 30s
    retry:
      max_attempts: 3
      backoff: exponential
    health_check:
      interval: 30s
      timeout: 5s

  # Two replicas of one server: calls are balanced between them, and one takes over when the other fails.
  - id: search-a
    group: search
    endpoint: \${SEARCH_A_URL:-http://127.0.0.1:8101/mcp}
    timeout: 20s
  - id: search-b
    group: search
    endpoint: \${SEARCH_B_URL:-http://127.0.0.1:8102/mcp}
    timeout: 20s

proxy:
  load_balancer:
    algorithm: least_connections

# only1mcp auth keygen prints a key once, and the hash to put here (or into the variable).
auth:
  enabled: true
  api_keys:
    - id: developers
      hash: \${DEVELOPERS_KEY_HASH}
      roles: [developer]
    - id: ci
      hash: \${CI_KEY_HASH}
      roles: [reader]
  roles:
    developer:
      servers: ["*"]
    reader:
      servers: [search]

rate_limit:
  enabled: true
  per_principal:
    requests_per_minute: 600
    burst: 50
  per_address:
    requests_per_minute: 1200

# Answers of lists and of resources, kept for a while.
cache:
  enabled: true
  backend: memory
  max_size_mb: 64
  ttl_seconds: 60

health:
  circuit_breaker:
    failure_threshold: 5
    success_threshold: 2
    recovery_timeout: 30s

observability:
  logging:
    level: info
  metrics:
    enabled: true
    host: 127.0.0.1
    port: 9091
  request_log:
    enabled: true
    max_age: 14d
`
