/** One line on a terminal that is written over and over; nothing where nobody watches. */
export interface ProgressLine {
  show(text: string): void
  /** Takes the line away again. */
  end(): void
}

export function progressLine(stream: NodeJS.WriteStream): ProgressLine {
  let shown = false
  const write = (text: string): void => {
    if (!stream.isTTY) return
    // One that is too long would leave its first row behind.
    stream.write(`\r\u001b[K${text.slice(0, Math.max(0, (stream.columns || 80) - 1))}`)
  }
  return {
    show: text => {
      shown = true
      write(text)
    },
    end: () => {
      if (shown) write('')
      shown = false
    },
  }
}
