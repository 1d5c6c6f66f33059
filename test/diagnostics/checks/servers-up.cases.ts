import {serversUp} from '../../../src/diagnostics/checks/servers-up.ts'
import {healthy, known, nothingRuns, server, snapshot, startedAt, type World, worldFrom} from '../world.ts'
import type {CheckCases} from './check-case.ts'

function withServers(...servers: Parameters<typeof snapshot>[0]): World {
  return worldFrom(healthy, {'control.snapshot': known({snapshot: snapshot(servers), mismatch: null})})
}

const lastError = {
  at: startedAt,
  kind: 'ProcessExited',
  message: 'the process ended with status 1',
  blame: 'backend-process',
} as const

export const serversUpCases: CheckCases = {
  check: serversUp,
  passing: [
    {when: 'all are up', world: healthy, status: 'pass', summary: 'servers up: 1 of 1 (12 tools)'},
    {
      when: 'the ones that are not up are disabled',
      world: withServers(server(), server({id: 'old', status: 'disabled', tools: 0})),
      status: 'pass',
      summary: 'servers up: 1 of 1',
    },
  ],
  failing: [
    {
      when: 'an endpoint does not answer',
      world: withServers(
        server(),
        server({id: 'web', status: 'down', transport: 'http', target: 'http://127.0.0.1:1/mcp'}),
      ),
      status: 'fail',
      subject: 'web',
      summary: 'server web is not up',
      remedy: 'only1mcp doctor server web',
    },
    {
      when: 'an endpoint rejects our credentials',
      world: worldFrom(healthy, {
        'control.snapshot': known({
          snapshot: snapshot([
            server({
              id: 'web',
              transport: 'http',
              target: 'https://mcp.example.com/mcp',
              status: 'down',
              lastError: {
                at: startedAt,
                kind: 'CredentialsRejected',
                message: 'the backend rejected our credentials with HTTP 401',
                blame: 'proxy',
              },
            }),
          ]),
          mismatch: null,
        }),
      }),
      status: 'fail',
      summary: 'rejected our credentials with HTTP 401',
      remedy: 'renew what servers[].auth of web says, then only1mcp health check web',
    },
    {
      when: 'a child died and waits for its next start',
      world: withServers(server({status: 'restarting', lastError, restarts: 1, stderrTail: ['boom', 'exit']})),
      status: 'fail',
      subject: 'github',
      summary: 'server github is not up but between two starts: the process ended with status 1',
      evidence: 'stderr: boom',
    },
    {
      when: 'a child dies again and again',
      world: withServers(server({status: 'crash_loop', lastError, restarts: 6, nextStartAt: startedAt})),
      status: 'fail',
      subject: 'github',
      summary: 'it ends again and again soon after its start',
      evidence: `next start: ${startedAt}`,
      remedy: 'github-mcp stdio',
    },
  ],
  between: [
    {
      when: 'one is starting',
      world: withServers(server(), server({id: 'slow', status: 'starting'})),
      status: 'info',
      subject: 'slow',
      summary: 'slow is starting',
    },
    {
      when: 'one is stopped because the runtime drains',
      world: withServers(server({status: 'stopped'})),
      status: 'info',
      subject: 'github',
      summary: 'github is stopped',
    },
    {when: 'none is configured', world: withServers(), status: 'info', summary: 'no server is enabled'},
    {when: 'nothing runs', world: nothingRuns, status: 'skip', summary: 'no runtime tells about them'},
  ],
}
