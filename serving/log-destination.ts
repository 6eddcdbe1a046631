import { appendFileSync } from 'node:fs'
import pino, { type DestinationStream } from 'pino'

/**
 * Where log lines go: standard error, or the file that is at a path at that moment. By the path, whoever keeps the log
 * can rename the file when it has grown, and no line is lost. Written at once either way, which keeps the last lines of
 * a crash.
 */
export function logDestination(file: string | null): DestinationStream {
  if (file === null) return pino.destination({ dest: 2, sync: true })
  return {
    write(line) {
      try {
        appendFileSync(file, line)
      } catch {
        // Its folder is gone, or its disk full.
        process.stderr.write(line)
      }
    },
  }
}
