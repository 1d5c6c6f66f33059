import {expect, test} from 'vitest'
import {stateFolders} from '../../../src/diagnostics/collect/process-runtimes.ts'

const table = `Num       RefCount Protocol Flags    Type St Inode Path
ffff8880 00000002 00000000 00010000 0001 01 12345 /var/lib/only1mcp/control.sock
0000000000000000: 00000002 00000000 00010000 0001 01 12345 /var/lib/only1mcp/control.sock
0000000000000000: 00000003 00000000 00000000 0001 03 12346 /var/lib/only1mcp/control.sock
0000000000000000: 00000002 00000000 00010000 0001 01 777 /home/a b/state/control.sock
0000000000000000: 00000003 00000000 00000000 0001 03 12347
0000000000000000: 00000002 00000000 00010000 0001 01 9 @/tmp/abstract/control.sock
0000000000000000: 00000002 00000000 00010000 0001 01 8 /run/other.sock
`

test('folders of control sockets are found once each, spaces and all, and no abstract ones', () => {
  expect(stateFolders(table)).toEqual(['/var/lib/only1mcp', '/home/a b/state'])
})
