import {askProgram} from '../../shared/programs.ts'
import type {FactOutcome} from '../fact.ts'
import type {Collector} from '../live-facts.ts'

/** Rules of the packet filter, by nft or iptables; most often only root may read them. */
export const hostFirewall: Collector<'host.firewall'> = {
  kind: 'host.firewall',
  timeoutMs: 4000,
  async collect(_about, {signal}): Promise<FactOutcome<'host.firewall'>> {
    const absent: string[] = []
    for (const tool of ['nft', 'iptables'] as const) {
      const answer = await askProgram(tool, {signal, timeoutMs: 1800})
      if (answer.state === 'known') {
        const rules = answer.stdout
          .split('\n')
          .map(line => line.trim())
          .filter(line => line !== '')
        return {state: 'known', value: {tool, rules: rules.slice(0, 5000)}}
      }
      if (answer.state !== 'absent') return answer
      absent.push(tool)
    }
    return {state: 'absent', why: `neither ${absent.join(' nor ')} is installed: no rules can be read`}
  },
}
