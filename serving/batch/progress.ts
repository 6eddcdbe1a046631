export interface Progress {
  update(rows: number, fraction: number | null): void
  done(): void
}

export interface ProgressTerminal {
  write(text: string): void
  /** Lines may be rewritten. */
  interactive: boolean
  now(): number
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/**
 * Tells on standard error how far scoring is: a line that is rewritten four times a second on a terminal, a line every
 * five seconds elsewhere.
 */
export function createProgress(terminal: ProgressTerminal): Progress {
  const started = terminal.now()
  const every = terminal.interactive ? 250 : 5_000
  let last = started
  let first: number | null = null
  let drawn = false
  return {
    update(rows, fraction) {
      const now = terminal.now()
      // A resumed run begins with rows that cost it nothing.
      first ??= rows
      if (now - last < every) return
      last = now
      const rate = ((rows - first) / Math.max(1, now - started)) * 1000
      const share = fraction === null ? '' : `, ${Math.floor(fraction * 100)} %`
      const line = `${grouped(rows)} rows, ${grouped(rate)} rows/s${share}`
      terminal.write(terminal.interactive ? `\r\u001b[2K${line}` : `${line}\n`)
      drawn = terminal.interactive
    },
    done() {
      if (drawn) terminal.write('\r\u001b[2K')
    },
  }
}
