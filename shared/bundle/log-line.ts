/** A line of a deployment's log, read. The server and its keeper write JSON as pino does; anything else stays text. */
export interface LogLine {
  level: LogLevel
  /** Milliseconds since 1970; null for text. */
  time: number | null
  message: string
  /** What else the line says, as JSON without braces; empty when there is nothing. */
  details: string
}

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

/** Pino's numbers: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal. */
function levelOf(number: number): LogLevel {
  if (number >= 50) return 'error'
  if (number >= 40) return 'warn'
  return number >= 30 ? 'info' : 'debug'
}

/** Lines that are no JSON are information, but a stack or a Node warning is told by its first words. */
function levelOfText(text: string): LogLevel {
  if (/^\s+at |^[A-Za-z]*Error\b|^Uncaught\b|^node:internal/.test(text)) return 'error'
  return /^\(node:\d+\)|Warning:/.test(text) ? 'warn' : 'info'
}

export function readLogLine(line: string): LogLine {
  const asText = (): LogLine => ({ level: levelOfText(line), time: null, message: line, details: '' })
  if (!line.startsWith('{')) return asText()
  let entry: unknown
  try {
    entry = JSON.parse(line)
  } catch {
    return asText()
  }
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return asText()
  const { level, time, msg, ...rest } = entry as Record<string, unknown>
  if (typeof level !== 'number') return asText()
  return {
    level: levelOf(level),
    time: typeof time === 'number' ? time : null,
    message: typeof msg === 'string' ? msg : '',
    details: Object.keys(rest).length === 0 ? '' : JSON.stringify(rest).slice(1, -1),
  }
}

export interface LogFilter {
  /** The lowest level that is shown. */
  level: LogLevel
  /** Words that a line must contain, in any case; empty shows all. */
  text: string
}

export function fitsLogFilter(line: LogLine, { level, text }: LogFilter): boolean {
  if (logLevels.indexOf(line.level) < logLevels.indexOf(level)) return false
  const words = text.trim().toLowerCase()
  return words === '' || `${line.message} ${line.details}`.toLowerCase().includes(words)
}
