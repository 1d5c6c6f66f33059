import {describe, expect, test} from 'vitest'
import {lastWords} from '../../src/diagnostics/last-words.ts'

const speaker = {id: 'github', command: 'github-mcp'}

describe('what a program said last', () => {
  test.each([
    ['Error: GITHUB_PERSONAL_ACCESS_TOKEN not set', 'set GITHUB_PERSONAL_ACCESS_TOKEN in env of github'],
    ['Missing required environment variable: SLACK_BOT_TOKEN', 'set SLACK_BOT_TOKEN in env of github'],
    ['please set SLACK_TEAM_ID before you start this', 'set SLACK_TEAM_ID in env of github'],
    ['set JIRA_URL, JIRA_USER, and JIRA_TOKEN first', 'set JIRA_URL, JIRA_USER, and JIRA_TOKEN in env of github'],
    ['Please set SLACK_BOT_TOKEN and SLACK_TEAM_ID', 'set SLACK_BOT_TOKEN and SLACK_TEAM_ID in env of github'],
    ['The BRAVE_API_KEY environment variable is required', 'set BRAVE_API_KEY in env of github'],
    ["KeyError: 'NOTION_TOKEN'", 'set NOTION_TOKEN in env of github'],
    [
      "ModuleNotFoundError: No module named 'mcp_server_git'",
      'install mcp_server_git for that Python (github-mcp -m pip',
    ],
    ['/usr/bin/python3: No module named mcp_server_git', 'install mcp_server_git for that Python'],
    ["Error: Cannot find module '/srv/server.js'", 'correct the path in args of github: there is no /srv/server.js'],
    ["Error: Cannot find package 'zod' imported from /srv/a.js", 'npm install zod where the program lies'],
    ["npm error 404  '@nope/x@*' is not in this registry.", 'the registry has no @nope/x'],
    ["npm error 404  The requested resource '@nope/x@*' could not be found", 'the registry has no @nope/x'],
    ['npm error code ENOTFOUND', 'its registry cannot be reached'],
    ['stdout: Need to install foo | Ok to proceed? (y)', 'put -y in front of the package in args of github'],
    ['stdout: Password:', 'it asks "Password:", and no person is there'],
    ['Cannot connect to the Docker daemon at unix:///var/run/docker.sock.', 'start Docker'],
    ["Unable to find image 'mcp/git:latest' locally", 'docker pull mcp/git:latest'],
    ['listen EADDRINUSE: address already in use :::3000', 'a port that github wants is taken'],
    ["Error: EACCES: permission denied, open '/srv/data.db'", 'let the user of the runtime at /srv/data.db'],
    ["Error: ENOENT: no such file or directory, open '/srv/creds.json'", 'make /srv/creds.json'],
    ['error: unrecognized arguments: --stdoi', 'correct args of github'],
  ])('%s', (line, remedy) => {
    expect(lastWords(['starting', line], speaker)).toEqual({line, remedy: expect.stringContaining(remedy)})
  })

  test('a painted word is read as a plain one', () => {
    const line = 'Error: \u001b[31mGITHUB_TOKEN\u001b[0m is not set'
    expect(lastWords([line], speaker)?.remedy).toContain('set GITHUB_TOKEN in env of github')
  })

  test.each(['Error: something odd', 'ERROR is required', 'HTTP 500', 'token not set', ''])(
    'says nothing about "%s"',
    line => {
      expect(lastWords([line], speaker)).toBeNull()
    },
  )
})
