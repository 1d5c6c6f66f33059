import http from 'node:http'
import https from 'node:https'
import {messageOf} from '../../shared/errors.ts'
import type {BackendAccess} from '../backend-access.ts'

/**
 * A GET of a health path at the origin of an endpoint, with the headers, token and certificates of the server. Any 2xx is
 * well; redirects are not followed.
 * @returns what was wrong; null where nothing was
 */
export async function getPath(
  endpoint: string,
  path: string,
  access: BackendAccess,
  timeoutMs: number,
): Promise<string | null> {
  const url = new URL(path, new URL(endpoint).origin)
  // A path such as //host/x must not lead to another host.
  if (url.origin !== new URL(endpoint).origin) return `${path} is no path at ${new URL(endpoint).origin}`
  const {authorization, tls} = access
  let own: https.RequestOptions
  try {
    const headers = {...access.headers, ...(authorization && {authorization: await authorization.header()})}
    own = {headers, ...(url.protocol === 'https:' && tls?.())}
  } catch (error) {
    return `GET ${path}: ${messageOf(error)}`
  }
  return new Promise(resolve => {
    const client = url.protocol === 'https:' ? https : http
    const request = client.request(url, {...own, method: 'GET', agent: false, timeout: timeoutMs})
    const timer = setTimeout(() => end(`GET ${path}: no answer within ${timeoutMs} ms`), timeoutMs)
    const end = (wrong: string | null): void => {
      clearTimeout(timer)
      request.destroy()
      resolve(wrong)
    }
    request.on('response', response => {
      const status = response.statusCode ?? 0
      response.resume()
      end(status >= 200 && status < 300 ? null : `GET ${path} answered HTTP ${status}`)
    })
    request.on('error', error => end(`GET ${path}: ${error.message}`))
    request.end()
  })
}
