import {afterEach, describe, test} from 'vitest'
import {cliPath, type Pty, type PtyOptions, startInPty} from '../helpers/pty.ts'

const open: Pty[] = []
function startDemo(options: PtyOptions = {}, args: readonly string[] = []): Pty {
  const pty = startInPty(cliPath, ['tui', '--demo', ...args], options)
  open.push(pty)
  return pty
}
afterEach(async () => {
  for (const pty of open.splice(0)) await pty.stop()
})

describe('the console on a real terminal', () => {
  test.each([
    [80, 24],
    [120, 40],
  ])('shows every view at %ix%i, and its keys switch between them', async (cols, rows) => {
    const tui = startDemo({cols, rows})
    await tui.waitFor('[1 Overview]')
    await tui.waitFor(/requests +\d/)
    tui.type('2')
    await tui.waitFor(/\[2 Servers\][\s\S]*weather.*✗ down/)
    tui.type('3')
    await tui.waitFor(/\[3 Requests\][\s\S]*TARGET[\s\S]*answered/)
    tui.type('\t')
    await tui.waitFor(/\[4 Logs\][\s\S]*LEVEL[\s\S]*ERROR/)
  })
})
