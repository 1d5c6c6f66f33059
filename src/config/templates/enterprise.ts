import {head} from './head.ts'

/** Several instances behind a load balancer: TLS, tokens of an identity provider, Redis and PostgreSQL. */
export const enterpriseTemplate = `${head('several instances, an identity provider, shared stores')}
# Every instance reads the same file; what differs between them, and every secret, is a variable.
version: "1.0"

server:
  host: \${LISTEN_HOST:-0.0.0.0}
  # Only the listener that speaks TLS.
  plain: false
  tls:
    port: 8443
    cert: \${TLS_CERT}
    key: \${TLS_KEY}
  # The same on all instances, so that any of them can take over a session: openssl rand -hex 32
  session_key: \${SESSION_KEY}
  allowed_hosts: ["\${PUBLIC_HOST:-mcp.example.com}"]
  request_timeout: 60s
  shutdown_timeout: 30s

servers:
  # Servers of one group are replicas of each other: calls are balanced, and fail over inside the group.
  - id: search-1
    group: search
    endpoint: \${SEARCH_1_URL:-https://search-1.internal.example.com/mcp}
    auth:
      token: \${SEARCH_TOKEN}
    weight: 2
    timeout: 20s
  - id: search-2
    group: search
    endpoint: \${SEARCH_2_URL:-https://search-2.internal.example.com/mcp}
    auth:
      token: \${SEARCH_TOKEN}
    timeout: 20s
  # Takes part only while no primary of the group can be used.
  - id: search-standby
    group: search
    role: fallback
    endpoint: \${SEARCH_STANDBY_URL:-https://search-standby.internal.example.com/mcp}
    auth:
      token: \${SEARCH_TOKEN}
    timeout: 40s

proxy:
  load_balancer:
    algorithm: weighted_random
    slow_start: 30s
  connection_pool:
    max_per_backend: 100
    max_queue: 500

# Limits, sessions and news of servers over all instances.
shared:
  redis:
    url: \${REDIS_URL}

cache:
  enabled: true
  backend: redis
  ttl_seconds: 300
  redis:
    url: \${REDIS_URL}

auth:
  enabled: true
  # This proxy as an OAuth resource server: clients find the identity provider by themselves.
  oauth:
    resource: \${PUBLIC_URL:-https://mcp.example.com/mcp}
    authorization_servers: ["\${ISSUER:-https://id.example.com}"]
    scopes: [mcp]
  jwt:
    issuer: \${ISSUER:-https://id.example.com}
    audience: ["\${PUBLIC_URL:-https://mcp.example.com/mcp}"]
    jwks_url: \${JWKS_URL:-https://id.example.com/.well-known/jwks.json}
    roles_claim: roles
  roles:
    admin:
      servers: ["*"]
    analyst:
      servers: [search]

rate_limit:
  enabled: true
  per_principal:
    requests_per_minute: 1200
    burst: 100

health:
  circuit_breaker:
    failure_threshold: 5
    success_threshold: 2
    recovery_timeout: 30s
    half_open_requests: 3

observability:
  logging:
    level: info
    format: json
  metrics:
    enabled: true
    host: \${METRICS_HOST:-127.0.0.1}
    port: 9091
  tracing:
    enabled: true
    sample_ratio: 0.1
  # One table for all instances; kept on disk while the database is away.
  request_log:
    enabled: true
    backend: postgres
    max_age: 30d
    postgres:
      url: \${POSTGRES_URL}
`
