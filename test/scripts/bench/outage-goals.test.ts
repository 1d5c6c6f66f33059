import {expect, it} from 'vitest'
import {addedMs, judgeOutages} from '../../../scripts/bench/outage-goals.ts'

const clean = {id: 'redis frozen', failed: 0, quietP99Ms: 10, outageP99Ms: 69, requests: 1000, rows: 1000}
const verdicts = (more: object) => judgeOutages([{...clean, ...more}]).map(({verdict}) => verdict)

it('an outage may cost no request, no row, and less than 60 ms at the 99th percentile', () => {
  expect(verdicts({})).toEqual(['met', 'met', 'met'])
  expect(verdicts({failed: 1})).toEqual(['missed', 'met', 'met'])
  expect(verdicts({outageP99Ms: 70})).toEqual(['met', 'missed', 'met'])
  expect(verdicts({rows: 999})).toEqual(['met', 'met', 'missed'])
  expect(verdicts({rows: 1001})).toEqual(['met', 'met', 'missed'])
})

it('what was not measured is neither met nor missed', () => {
  expect(verdicts({outageP99Ms: null})).toEqual(['met', 'not measured', 'met'])
  expect(addedMs({...clean, quietP99Ms: null})).toBeUndefined()
})
