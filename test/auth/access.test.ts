import {describe, expect, test} from 'vitest'
import {accessBook} from '../../src/auth/access.ts'

const github = {id: 'github', group: undefined}
const replica = {id: 'github-2', group: 'github'}
const files = {id: 'files', group: undefined}

function access(roles: Parameters<typeof accessBook>[0], ...names: string[]) {
  const book = accessBook(roles)
  if (book === undefined) throw new Error('there are roles')
  return book(names)
}

describe('roles', () => {
  test('restrict nobody while none is defined', () => {
    expect(accessBook({})).toBe(undefined)
  })

  test('somebody without one may use nothing, nor with one that is not defined', () => {
    const roles = {reader: {servers: ['*'], tools: []}}
    for (const names of [[], ['admin'], ['toString'], ['__proto__']]) {
      const mine = access(roles, ...names)
      expect(mine.some).toBe(false)
      expect(mine.allowsServer(github)).toBe(false)
      expect(mine.allowsTool(github, 'github__search', 'search')).toBe(false)
    }
  })

  test('servers open all of a server, by id or group', () => {
    const mine = access({r: {servers: ['github'], tools: []}}, 'r')
    expect([github, replica, files].map(mine.allowsServer)).toEqual([true, true, false])
    expect(mine.allowsTool(github, 'github__anything', 'anything')).toBe(true)
    expect(mine.allowsTool(files, 'files__read', 'read')).toBe(false)
  })

  test('tools below servers narrow the tools, by either name', () => {
    const mine = access({r: {servers: ['github'], tools: ['search', 'github__get_*']}}, 'r')
    expect(mine.allowsTool(github, 'github__search', 'search')).toBe(true)
    expect(mine.allowsTool(github, 'github__get_issue', 'get_issue')).toBe(true)
    expect(mine.allowsTool(github, 'github__delete', 'delete')).toBe(false)
    expect(mine.allowsTool(files, 'files__search', 'search')).toBe(false)
    expect(mine.allowsServer(github)).toBe(true)
  })

  test('tools alone open these tools, and no prompts or resources', () => {
    const mine = access({r: {servers: [], tools: ['github__*']}}, 'r')
    expect(mine.some).toBe(true)
    expect(mine.allowsTool(github, 'github__search', 'search')).toBe(true)
    expect(mine.allowsServer(github)).toBe(false)
  })

  test("a server that gives its tool another server's name opens nothing", () => {
    const mine = access({r: {servers: [], tools: ['github__search']}}, 'r')
    expect(mine.allowsTool(files, 'files__github__search', 'github__search')).toBe(false)
  })

  test('add up, and the same roles in any order are the same rights', () => {
    const roles = {a: {servers: ['files'], tools: []}, b: {servers: [], tools: ['github__search']}}
    expect(access(roles, 'a', 'b').key).toBe(access(roles, 'b', 'a', 'b', 'unknown').key)
    const mine = access(roles, 'a', 'b')
    expect(mine.allowsTool(files, 'files__read', 'read')).toBe(true)
    expect(mine.allowsTool(github, 'github__search', 'search')).toBe(true)
    expect(mine.allowsTool(github, 'github__delete', 'delete')).toBe(false)
  })
})
