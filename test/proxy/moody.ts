import {type HttpBackend, startHttpBackend} from '../helpers/backends.ts'

export interface Moody extends HttpBackend {
  /** From now on it answers so; see test/fixtures/backends/http-moody.mjs. */
  mood(query: string): Promise<void>
  /** Requests by method. */
  count(method: string): Promise<number>
}

export async function startMoody(port = 0): Promise<Moody> {
  const backend = await startHttpBackend('http-moody.mjs', [String(port)])
  const get = async (path: string): Promise<Record<string, number>> => {
    const response = await fetch(`http://127.0.0.1:${backend.port}${path}`)
    return (await response.json()) as Record<string, number>
  }
  return {
    ...backend,
    mood: async query => void (await get(`/mood?${query}`)),
    count: async method => (await get('/count'))[method] ?? 0,
  }
}
