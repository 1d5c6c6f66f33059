import {expect, test} from 'vitest'
import {RequestStates, type StateOwner} from '../../src/proxy/request-state.ts'

const states = new RequestStates([Buffer.alloc(32, 7)])
const owner: StateOwner = {serverId: 'a', principal: 'ann', target: 'tools/call pay'}

test.each(['', 'plain', '{"json":"\\u0000"}', 'é \ud83d\ude00 \ud800'])('the state %j comes back as it was', state => {
  expect(states.unwrap(owner, states.wrap(owner, state))).toBe(state)
})

test.each([
  ['another server', {serverId: 'b'}],
  ['another principal', {principal: 'bob'}],
  ['another tool', {target: 'tools/call refund'}],
])('%s does not get the state of this one', (_, other) => {
  expect(states.unwrap({...owner, ...other}, states.wrap(owner, 'state'))).toBeUndefined()
})

test('a state that was changed, cut or made up is none', () => {
  const token = states.wrap(owner, 'state')
  const [payload, signature] = token.split('.')
  const other = Buffer.from('"other"').toString('base64url')
  for (const forged of ['', '.', payload ?? '', `${other}.${signature}`, token.slice(0, -2), `${payload}.`, 'x'])
    expect(states.unwrap(owner, forged)).toBeUndefined()
  expect(new RequestStates([Buffer.alloc(32, 8)]).unwrap(owner, token)).toBeUndefined()
})
