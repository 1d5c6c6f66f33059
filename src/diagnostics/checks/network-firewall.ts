import {type Check, pass, skip, warn} from '../check.ts'

/** No rule of the packet filter that can be read drops what comes to the proxy (the guide's `iptables -L -n`). */
export const networkFirewall: Check<['host.firewall']> = {
  id: 'network.firewall',
  category: 'network',
  severity: 'warn',
  title: 'no firewall rule names the proxy port to drop it',
  docs: 'a-firewall-rule-drops-port',
  after: ['config.valid'],
  needs: () => ['host.firewall'],
  run([firewall], {server}) {
    const {port} = server
    const subject = String(port)
    if (firewall.state !== 'known') {
      const hint = firewall.state === 'denied' ? {remedy: 'run this as root to have the rules looked at'} : {}
      return [skip(subject, firewall.why, hint)]
    }
    const {tool, rules} = firewall.value
    const names = new RegExp(`\\bdport\\s+(?:\\{[^}]*\\b)?${port}\\b`)
    const drops = rules.filter(rule => names.test(rule) && /\b(?:drop|reject)\b/i.test(rule))
    if (drops.length === 0) return [pass(subject, `${rules.length} lines of rules (${tool}), none drops port ${port}`)]
    return [
      warn(subject, `a firewall rule drops port ${port}`, {
        evidence: drops.slice(0, 3),
        remedy: tool === 'nft' ? 'nft -a list ruleset shows its handle' : 'iptables -L -n --line-numbers',
      }),
    ]
  },
}
