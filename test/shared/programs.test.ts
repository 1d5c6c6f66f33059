import {expect, test} from 'vitest'
import {askProgram} from '../../src/shared/programs.ts'

test.each(['nft', 'iptables', 'timedatectl'] as const)(
  '%s answers, or says why not, within its time',
  async program => {
    const started = performance.now()
    const answer = await askProgram(program, {signal: new AbortController().signal, timeoutMs: 3000})
    expect(performance.now() - started).toBeLessThan(6000)
    if (answer.state === 'known') expect(typeof answer.stdout).toBe('string')
    else expect(answer.why).toContain(program)
  },
)

test('a program that is cancelled is no exception', async () => {
  const answer = await askProgram('nft', {signal: AbortSignal.abort(), timeoutMs: 1000})
  expect(answer.state).not.toBe('known')
})
