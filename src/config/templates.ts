import {starterConfig} from './starter.ts'

export const templateNames = ['basic', 'solo', 'team', 'enterprise'] as const
export type TemplateName = (typeof templateNames)[number]

/** What an editor with a YAML language server reads; the file is the output of `config schema --draft 7`. */
const head = `# yaml-language-server: $schema=./only1mcp.schema.json
# (for editors: only1mcp config schema --draft 7 > only1mcp.schema.json)
`

const solo = `# One person, one machine: local programs behind one endpoint, cached answers, a log of requests.
# Check it with: only1mcp validate --strict FILE
version: "1.0"

server:
  host: 127.0.0.1 # nobody else reaches it
  port: 8080

servers:
  # A program that speaks MCP over stdin and stdout. Its tools are named files__<tool>.
  - id: files
    command: npx
    args: ["-y", "@modelcontextprotocol/server-filesystem", "\${HOME}"]
    timeout: 30s
    tools:
      deny: ["write_*", "move_*"] # read only

  - id: memory
    command: npx
    args: ["-y", "@modelcontextprotocol/server-memory"]
    # Starts again by itself when it dies; tools named here may be repeated after a failure.
    retry:
      max_attempts: 3
      idempotent_tools: ["read_*", "search_*"]

cache:
  enabled: true
  max_entries: 500
  ttl_seconds: 120

observability:
  logging:
    level: info
  # A row for each request, for: only1mcp logs sql
  request_log:
    backend: sqlite
    max_age: 7d
`

const team = `# A team behind one endpoint: API keys with roles, a rate limit, a cache, replicas with failover.
# Variables: SEARCH_TOKEN, DEV_KEY_HASH, CI_KEY_HASH (only1mcp auth keygen prints a key once, and its hash).
# Check it with: only1mcp validate --strict FILE
version: "1.0"

server:
  host: 0.0.0.0 # everybody who reaches this machine; put TLS in front, or see the enterprise template
  port: 8080
  allowed_hosts: [mcp.example.com]
  request_timeout: 60s

auth:
  api_keys:
    - id: developers
      hash: "\${DEV_KEY_HASH}"
      roles: [developer]
    - id: ci
      hash: "\${CI_KEY_HASH}"
      roles: [reader]
  roles:
    developer:
      servers: ["*"]
    reader:
      servers: [search]
      tools: ["search__find_*"] # the names that clients see

rate_limit:
  per_principal:
    requests_per_minute: 600
    burst: 60
  per_address:
    requests_per_minute: 1200

servers:
  # Two replicas of one server: calls are shared, and go to the other when one fails.
  - id: search-a
    group: search
    endpoint: https://search-a.example.com/mcp
    headers:
      Authorization: "Bearer \${SEARCH_TOKEN}"
    health_check:
      interval: 15s
  - id: search-b
    group: search
    endpoint: https://search-b.example.com/mcp
    headers:
      Authorization: "Bearer \${SEARCH_TOKEN}"
    health_check:
      interval: 15s

proxy:
  load_balancer:
    algorithm: least_connections
  connection_pool:
    max_per_backend: 50

health:
  circuit_breaker:
    failure_threshold: 5
    recovery_timeout: 30s

cache:
  enabled: true
  max_size_mb: 64
  ttl_seconds: 300

observability:
  logging:
    level: info
    rotation:
      max_size: 50MiB
      keep: 7
  metrics:
    host: 127.0.0.1
    port: 9091
  request_log:
    max_age: 14d
`

const enterprise = `# Several instances behind a load balancer: TLS, tokens of your identity provider, shared Redis and PostgreSQL.
# Variables: SESSION_KEY (the same on all instances: openssl rand -hex 32), REDIS_URL, DATABASE_URL, CATALOG_TOKEN.
# Check it with: only1mcp validate --strict --test-connections FILE
version: "1.0"

server:
  host: 0.0.0.0
  port: 8080
  plain: false # nothing without TLS
  tls:
    port: 8443
    cert: \${TLS_CERT:-/etc/only1mcp/tls/fullchain.pem} # renewed certificates are taken while it runs
    key: \${TLS_KEY:-/etc/only1mcp/tls/key.pem}
    # client_ca: /etc/only1mcp/tls/clients.pem # and auth.mtls, for client certificates
  session_key: "\${SESSION_KEY}"
  allowed_hosts: [mcp.example.com]
  max_body_size: 4MiB
  shutdown_timeout: 30s

auth:
  jwt:
    issuer: https://login.example.com/
    audience: [https://mcp.example.com/mcp]
    jwks_url: https://login.example.com/.well-known/jwks.json
    roles_claim: roles
  # Tells MCP clients where to get a token (OAuth 2.1 protected resource metadata).
  oauth:
    resource: https://mcp.example.com/mcp
    authorization_servers: [https://login.example.com/]
    scopes: [mcp]
  roles:
    analyst:
      servers: [catalog]
    operator:
      servers: ["*"]

rate_limit:
  per_principal:
    requests_per_minute: 1200
    burst: 120

# Rate limits, streams of sessions and news of servers over all instances. Losing it degrades to each on its own.
shared:
  redis:
    url: "\${REDIS_URL}"

servers:
  - id: catalog-eu
    group: catalog
    endpoint: https://catalog-eu.example.com/mcp
    weight: 3
    auth:
      token: "\${CATALOG_TOKEN}"
  - id: catalog-us
    group: catalog
    endpoint: https://catalog-us.example.com/mcp
    weight: 1
    auth:
      token: "\${CATALOG_TOKEN}"
  - id: catalog-archive
    group: catalog
    endpoint: https://catalog-archive.example.com/mcp
    role: fallback # when no other of its group can serve
    auth:
      token: "\${CATALOG_TOKEN}"

proxy:
  load_balancer:
    algorithm: weighted_random
    slow_start: 30s
  connection_pool:
    max_per_backend: 100
    max_queue: 200

health:
  circuit_breaker:
    failure_threshold: 5
    success_threshold: 2
    recovery_timeout: 30s
    half_open_requests: 3

cache:
  enabled: true
  backend: redis
  ttl_seconds: 300
  redis:
    url: "\${REDIS_URL}"

observability:
  logging:
    level: info
    format: json
  metrics:
    host: 127.0.0.1
    port: 9091
  tracing:
    sample_ratio: 0.1
  request_log:
    backend: postgres
    max_age: 30d
    postgres:
      url: "\${DATABASE_URL}"
`

const bodies: Readonly<Record<TemplateName, string>> = {basic: starterConfig, solo, team, enterprise}

/** A commented configuration to start from; valid under --strict where its variables are set. */
export function configTemplate(name: TemplateName): string {
  return head + bodies[name]
}
