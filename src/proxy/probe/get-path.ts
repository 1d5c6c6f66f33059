import https from 'node:https'
import {messageOf} from '../../shared/errors.ts'
import {nodeHttp} from '../../shared/node-http.ts'
import type {BackendAccess} from '../backend-access.ts'

/**
 * A GET of a health path at the origin of an endpoint, with the headers, token and certificates of the server. Any 2xx is
 * well; redirects are not followed. A token that meets a 401 is replaced once, as for calls: else a probe would never notice
 * that it alone is what is wrong.
 * @param timeoutMs for all of it, the wait for a token too
 * @returns what was wrong; null where nothing was
 */
export async function getPath(
  endpoint: string,
  path: string,
  access: () => Promise<BackendAccess>,
  timeoutMs: number,
): Promise<string | null> {
  const url = new URL(path, new URL(endpoint).origin)
  // A path such as //host/x must not lead to another host.
  if (url.origin !== new URL(endpoint).origin) return `${path} is no path at ${new URL(endpoint).origin}`
  const giveUp = new AbortController()
  const wait = {for: 'access token'}
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>(resolve => {
    timer = setTimeout(() => {
      resolve(`GET ${path}: no ${wait.for} within ${timeoutMs} ms`)
      giveUp.abort()
    }, timeoutMs)
  })
  const asked = async (): Promise<string | null> => {
    const status = await ask(url, await access(), giveUp.signal, waitsFor => {
      wait.for = waitsFor
    })
    return status >= 200 && status < 300 ? null : `GET ${path} answered HTTP ${status}`
  }
  try {
    return await Promise.race([asked(), late])
  } catch (error) {
    return `GET ${path}: ${messageOf(error)}`
  } finally {
    clearTimeout(timer)
  }
}

async function ask(
  url: URL,
  {headers, authorization, tls}: BackendAccess,
  signal: AbortSignal,
  waitsFor: (what: string) => void,
): Promise<number> {
  for (let repeated = false; ; repeated = true) {
    waitsFor('access token')
    const token = await authorization?.header()
    waitsFor('answer')
    const own = {...headers, ...(token !== undefined && {authorization: token})}
    const status = await statusOf(url, {headers: own, signal, ...(url.protocol === 'https:' && tls?.())})
    if (status !== 401 || authorization === undefined || token === undefined) return status
    if (repeated) authorization.refusedAgain()
    else if (authorization.refused(token)) continue
    return status
  }
}

function statusOf(url: URL, options: https.RequestOptions): Promise<number> {
  const client = url.protocol === 'https:' ? https : nodeHttp
  return new Promise((resolve, reject) => {
    const request = client.request(url, {...options, method: 'GET', agent: false})
    request.on('response', response => {
      response.resume()
      request.destroy()
      resolve(response.statusCode ?? 0)
    })
    request.on('error', reject)
    request.end()
  })
}
