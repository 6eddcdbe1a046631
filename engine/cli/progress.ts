import type { Terminal } from './command.ts'

/** A line on standard error that fills up and ends with its result and time. */
export interface ProgressLine {
  update(fraction: number, note?: string): void
  /** Ends the line; `result` says what came out. */
  done(result: string): void
  failed(): void
}

const cells = 20

function seconds(ms: number): string {
  return ms < 100 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`
}

/** Without a terminal only the finished line is written, so that logs stay readable. */
export function startProgress(
  terminal: Terminal,
  title: string,
  now: () => number = () => performance.now(),
): ProgressLine {
  const started = now()
  let drawn = ''
  function draw(text: string, end: boolean) {
    if (!terminal.interactive && !end) return
    // A line being rewritten must not wrap; a finished one may.
    const line = end ? text : text.slice(0, 78)
    if (line === drawn) return
    drawn = line
    terminal.log(terminal.interactive ? `\r\u001b[2K${line}${end ? '\n' : ''}` : `${line}\n`)
  }
  function bar(fraction: number): string {
    const full = Math.round(Math.min(1, Math.max(0, fraction)) * cells)
    return `${'█'.repeat(full)}${'░'.repeat(cells - full)}`
  }
  const head = title.padEnd(34)
  draw(`  ${head} ${bar(0)}`, false)
  return {
    update(fraction, note = '') {
      draw(`  ${head} ${bar(fraction)} ${Math.round(fraction * 100)} % ${note}`, false)
    },
    done(result) {
      draw(`✓ ${head} ${bar(1)} ${seconds(now() - started).padStart(7)}  ${result}`, true)
    },
    failed() {
      draw(`✗ ${head} ${bar(0)} ${seconds(now() - started).padStart(7)}  failed`, true)
    },
  }
}

/** Runs one step with its own line; the line says `failed` when the step throws. */
export async function withProgress<T>(
  terminal: Terminal,
  title: string,
  step: (line: ProgressLine) => Promise<{ value: T; result: string }>,
): Promise<T> {
  const line = startProgress(terminal, title)
  try {
    const { value, result } = await step(line)
    line.done(result)
    return value
  } catch (error) {
    line.failed()
    throw error
  }
}
