import {renderToString} from 'ink'
import {expect, test} from 'vitest'
import {StaticTable} from '../../../src/tui/ui/static-table.tsx'

test('ink-table draws through this Ink: one line a row, columns aligned, in the order asked for', () => {
  const rows = [
    {KEY: 'j', DOES: 'down'},
    {KEY: 'PgDn', DOES: 'a page down'},
  ]
  const plain = renderToString(<StaticTable rows={rows} columns={['KEY', 'DOES']} />).replace(/\u001b\[\d+m/g, '')
  expect(plain.split('\n').map(line => line.trimEnd())).toEqual([' KEY   DOES', ' j     down', ' PgDn  a page down'])
})
