import {BlockList, isIP, isIPv6} from 'node:net'

/** IANA's special-purpose registries: what is not a public host (RFC 6890), the cloud metadata address among it. */
const blocked4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const

/** Of the one block that is public, what is not; Teredo and 6to4 carry an IPv4 address that nobody checked. */
const blocked6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const

const blocked = new BlockList()
for (const [net, prefix] of blocked4) blocked.addSubnet(net, prefix, 'ipv4')
for (const [net, prefix] of blocked6) blocked.addSubnet(net, prefix, 'ipv6')
const global6 = new BlockList()
global6.addSubnet('2000::', 3, 'ipv6')

/** Whether an address is one that a stranger must not make us talk to: everything that is not public. */
export function isPrivateAddress(address: string): boolean {
  const plain = address.split('%', 1)[0] ?? ''
  if (isIP(plain) === 0) return true
  if (!isIPv6(plain)) return blocked.check(plain, 'ipv4')
  return !global6.check(plain, 'ipv6') || blocked.check(plain, 'ipv6')
}
