import {expect, it} from 'vitest'
import {startRuntime} from '../../helpers/start-runtime.ts'

const ratioLines = (page: string): string[] => page.split('\n').filter(line => /cache_(hits|misses)/.test(line))

it('gives a pipe from curl one number for hits and one for misses, and a scraper their types', async () => {
  const {metricsUrl} = await startRuntime({})
  const page = async (headers: Record<string, string>): Promise<string> =>
    (await fetch(`${metricsUrl}/metrics`, {headers})).text()
  const piped = await page({'user-agent': 'curl/8.5.0', accept: '*/*'})
  expect(ratioLines(piped)).toEqual(['only1mcp_cache_hits_total 0', 'only1mcp_cache_misses_total 0'])
  expect(piped).toContain('# TYPE only1mcp_cache_entries gauge\n')
  for (const headers of [
    {'user-agent': 'Prometheus/3.4.0', accept: 'text/plain;version=0.0.4;q=0.5,*/*;q=0.1'},
    {'user-agent': 'curl/8.5.0', accept: 'text/plain'},
    {'user-agent': 'node'},
  ]) {
    expect(await page(headers)).toContain('# TYPE only1mcp_cache_hits_total counter\nonly1mcp_cache_hits_total 0\n')
  }
})
