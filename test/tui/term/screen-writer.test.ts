import {describe, expect, test} from 'vitest'
import {Grid} from '../../../src/tui/term/grid.ts'
import {ScreenWriter} from '../../../src/tui/term/screen-writer.ts'

function screenOf(text: string): Grid {
  const grid = new Grid(20, 2)
  grid.put(0, 0, text, 0)
  return grid
}

function slowTerminal(): {written: string[]; take: () => void; writer: ScreenWriter} {
  const written: string[] = []
  const callbacks: (() => void)[] = []
  const writer = new ScreenWriter(
    {
      write: (text, done) => {
        written.push(text)
        callbacks.push(done)
      },
    },
    true,
  )
  return {written, take: () => callbacks.shift()?.(), writer}
}

describe('painting', () => {
  test('a slow terminal gets the newest screen next, not those between', () => {
    const {written, take, writer} = slowTerminal()
    for (let i = 0; i < 1000; i++) writer.paint(screenOf(`screen ${i}`))
    expect(written).toHaveLength(1)
    take()
    expect(written).toHaveLength(2)
    expect(written[1]).toContain('999')
    take()
    expect(written).toHaveLength(2)
  })

  test('an unchanged screen writes nothing', () => {
    const {written, take, writer} = slowTerminal()
    writer.paint(screenOf('still'))
    take()
    writer.paint(screenOf('still'))
    expect(written).toHaveLength(1)
  })

  test('while the terminal belongs to another nothing is written; afterwards the screen is sent whole', () => {
    const {written, take, writer} = slowTerminal()
    writer.paint(screenOf('one'))
    writer.paint(screenOf('two'))
    writer.pause()
    take()
    writer.paint(screenOf('three'))
    expect(written).toHaveLength(1)
    writer.resume()
    writer.paint(screenOf('three'))
    expect(written[1]).toContain('\u001b[2J')
  })
})
