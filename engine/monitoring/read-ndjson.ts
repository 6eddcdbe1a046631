import { setImmediate as nextTurn } from 'node:timers/promises'
import type { z } from 'zod'
import { decodeJson } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'

export interface NdjsonPage<T> {
  lines: T[]
  /** The cursor to go on from: the page's last line says it. */
  next: number
}

/** A page may be megabytes; the engine answers others in between. */
const turnMs = 15

/**
 * Decodes an NDJSON answer whose last line is `{"next": cursor}`.
 *
 * @param what names the answer in errors, such as `http://127.0.0.1:8101/monitoring/windows`
 * @throws Failure `invalid-input` naming the line; `failed` when the last line is absent, that is when the answer was cut off
 */
export async function readNdjson<L extends z.ZodType>(
  text: string,
  line: L,
  tail: z.ZodType<{ next: number }>,
  what: string,
): Promise<NdjsonPage<z.output<L>>> {
  const texts = text.split('\n').filter((part) => part.trim() !== '')
  const last = texts.pop()
  if (last === undefined || !last.includes('"next"')) {
    throw new Failure(
      'failed',
      `The answer of ${what} ends without its cursor: it was cut off after ${texts.length} lines.`,
      'It is asked again at the next pull; if it stays so, look into the deployment’s log.',
    )
  }
  const lines: z.output<L>[] = []
  let turn = performance.now()
  for (const [i, part] of texts.entries()) {
    lines.push(decodeJson(line, part, `${what}, line ${i + 1}`))
    if (performance.now() - turn > turnMs) {
      await nextTurn()
      turn = performance.now()
    }
  }
  return { lines, next: decodeJson(tail, last, `${what}, last line`).next }
}
