import xterm from '@xterm/headless'

/** A terminal without a window: takes the bytes of a program and knows what would be seen. */
export class Screen {
  readonly #terminal: InstanceType<typeof xterm.Terminal>
  #fed = Promise.resolve()

  constructor(cols: number, rows: number) {
    this.#terminal = new xterm.Terminal({cols, rows, scrollback: 200, allowProposedApi: true})
  }

  feed(bytes: string | Uint8Array): void {
    const before = this.#fed
    this.#fed = new Promise(resolve => this.#terminal.write(bytes, () => void before.then(resolve)))
  }

  /** Resolves when all that was fed is on the screen. */
  settled(): Promise<void> {
    return this.#fed
  }

  resize(cols: number, rows: number): void {
    this.#terminal.resize(cols, rows)
  }

  /** What is visible, a string a row, without trailing blanks. */
  lines(): string[] {
    const {active} = this.#terminal.buffer
    return Array.from(
      {length: this.#terminal.rows},
      (_, row) =>
        active
          .getLine(active.baseY + row)
          ?.translateToString(true)
          .trimEnd() ?? '',
    )
  }

  /** The cursor's column, 0 the first. */
  cursorX(): number {
    return this.#terminal.buffer.active.cursorX
  }

  text(): string {
    return this.lines().join('\n')
  }

  /** Whether the alternate screen is shown, as full-screen programs do. */
  get alternate(): boolean {
    return this.#terminal.buffer.active.type === 'alternate'
  }
}
