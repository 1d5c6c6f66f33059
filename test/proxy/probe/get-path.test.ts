import {expect, test} from 'vitest'
import type {RequestAuthorization} from '../../../src/mcp/request-authorization.ts'
import type {BackendAccess} from '../../../src/proxy/backend-access.ts'
import {getPath} from '../../../src/proxy/probe/get-path.ts'
import {startGuardedBackend} from '../access/guarded-backend.ts'

const withToken = (authorization: RequestAuthorization): (() => Promise<BackendAccess>) => {
  return async () => ({headers: {}, authorization, tls: undefined})
}
/** Gives out one token after the other, and writes down what is said of them. */
function tokens(list: readonly string[], said: string[]): RequestAuthorization {
  let at = 0
  return {
    header: () => list[at] ?? 'none',
    refused: header => {
      said.push(`refused ${header}`)
      return ++at < list.length
    },
    refusedAgain: () => void said.push('refused again'),
  }
}

test('a token that does not come is waited for no longer than the probe may take', async () => {
  const {endpoint, came} = await startGuardedBackend()
  const never: RequestAuthorization = {header: () => new Promise(() => {}), refused: () => false, refusedAgain() {}}
  const began = performance.now()
  expect(await getPath(endpoint, '/live', withToken(never), 150)).toBe('GET /live: no access token within 150 ms')
  expect(await getPath(endpoint, '/live', () => new Promise(() => {}), 150)).toContain('no access token')
  expect(performance.now() - began).toBeLessThan(2_000)
  expect(came).toEqual([])
})

test('a token that comes too late is not used', async () => {
  const {endpoint, came} = await startGuardedBackend()
  let give = (_: string): void => {}
  const header = () =>
    new Promise<string>(resolve => {
      give = resolve
    })
  const late: RequestAuthorization = {header, refused: () => false, refusedAgain() {}}
  expect(await getPath(endpoint, '/live', withToken(late), 50)).toContain('within 50 ms')
  give('Bearer late')
  await new Promise(resolve => setTimeout(resolve, 50))
  expect(came).toEqual([])
})

test('a token that meets a 401 is replaced once, and is mistrusted when the next one meets it too', async () => {
  const backend = await startGuardedBackend()
  backend.accepts = authorization => authorization === 'Bearer good'
  const said: string[] = []
  expect(await getPath(backend.endpoint, '/live', withToken(tokens(['Bearer old', 'Bearer good'], said)), 5_000)).toBe(
    null,
  )
  expect(said).toEqual(['refused Bearer old'])
  said.length = 0
  const bad = tokens(['Bearer old', 'Bearer bad', 'Bearer worse'], said)
  expect(await getPath(backend.endpoint, '/live', withToken(bad), 5_000)).toBe('GET /live answered HTTP 401')
  expect(said).toEqual(['refused Bearer old', 'refused again'])
  said.length = 0
  const last = tokens(['Bearer old'], said)
  expect(await getPath(backend.endpoint, '/live', withToken(last), 5_000)).toBe('GET /live answered HTTP 401')
  expect(said).toEqual(['refused Bearer old'])
})

test('an endpoint that is not there is what is said, and no other host is asked', async () => {
  const access = async () => ({headers: {}, authorization: undefined, tls: undefined})
  expect(await getPath('http://127.0.0.1:1/mcp', '/live', access, 5_000)).toMatch(/^GET \/live: .*ECONNREFUSED/)
  expect(await getPath('http://127.0.0.1:1/mcp', '//example.com/x', access, 5_000)).toContain('is no path at')
})
