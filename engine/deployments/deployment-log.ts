import { type FileHandle, open, stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { readLogLine } from '../../shared/bundle/log-line.ts'
import { type LogPlace, tailBytes, tailOf } from './last-lines.ts'
import { formerLog } from './rotate-log.ts'

/** What a log line says; a line that is none of ours is taken as it is. */
export const logText = (line: string): string => readLogLine(line).message

const lookMs = 200

/** Whole lines behind an offset, at most a megabyte of them, and the offset behind those. */
async function linesBehind(file: FileHandle, offset: number): Promise<{ lines: string[]; offset: number }> {
  const { size } = await file.stat()
  if (size <= offset) return { lines: [], offset }
  const { buffer, bytesRead } = await file.read(
    Buffer.alloc(Math.min(size - offset, tailBytes)),
    0,
    null,
    offset,
  )
  const end = buffer.subarray(0, bytesRead).lastIndexOf(10) + 1
  // A line longer than all that is read at once is given in parts, or it would stop the log for ever.
  if (end === 0) {
    if (bytesRead < tailBytes) return { lines: [], offset }
    return { lines: [buffer.toString('utf8', 0, bytesRead)], offset: offset + bytesRead }
  }
  return { lines: buffer.toString('utf8', 0, end - 1).split('\n'), offset: offset + end }
}

/** What a former log still holds behind an offset; answers where it ends. @param looks how often to look, some time apart */
async function* restOf(
  file: FileHandle,
  from: number,
  looks: number,
  signal: AbortSignal,
): AsyncGenerator<string[], number, void> {
  let offset = from
  try {
    for (let look = 1; look <= looks; look++) {
      if (look > 1) await wait(lookMs, undefined, { signal }).catch(() => {})
      for (;;) {
        const rest = await linesBehind(file, offset)
        if (rest.lines.length === 0) break
        offset = rest.offset
        yield rest.lines
      }
    }
    return offset
  } finally {
    await file.close()
  }
}

const inodeOf = async (path: string): Promise<number | null> =>
  (await stat(path).catch(() => null))?.ino ?? null

/** Null where another file is there by now. */
async function openAs(path: string, ino: number): Promise<FileHandle | null> {
  const file = await open(path, 'r').catch(() => null)
  if (file === null || (await file.stat()).ino === ino) return file
  await file.close()
  return null
}

/** Which former log a file has become; null where it is none. */
async function ageOf(path: string, ino: number | null): Promise<number | null> {
  // While former logs grow older by one, one name among them is free.
  for (let age = 1, free = 0; ino !== null && free < 2; age++) {
    const found = await inodeOf(formerLog(path, age))
    if (found === ino) return age
    if (found === null) free++
  }
  return null
}

/** The file that was begun after a former log; null where none was yet, or files are being renamed. */
async function fileAfter(path: string, ino: number): Promise<number | null> {
  const age = await ageOf(path, ino)
  if (age === null) return null
  const next = await inodeOf(age === 1 ? path : formerLog(path, age - 1))
  // Rotated between the questions: what was found is a later one.
  return age === (await ageOf(path, ino)) ? next : null
}

/** New lines of the file at the path; null where it is not the one that the place is in, or shorter. */
async function presentLines(
  path: string,
  place: LogPlace,
): Promise<{ lines: string[]; place: LogPlace } | null> {
  const file = await open(path, 'r').catch(() => null)
  if (file === null) return { lines: [], place }
  try {
    const { size, ino } = await file.stat()
    if (size < place.offset || (place.ino !== null && ino !== place.ino)) return null
    const { lines, offset } = await linesBehind(file, place.offset)
    return { lines, place: { ino, offset } }
  } finally {
    await file.close()
  }
}

/** A log that is emptied, or another file, is soon told by its former one; after so many looks it is read anew. */
const patientLooks = 5

/**
 * The last lines of a log, at once and also when there are none, then new ones as they come, until the signal. Where
 * the log is rotated meanwhile, what its former file holds comes first.
 * The file is looked at five times a second: a busy log comes in batches, and file events are not to be relied upon.
 */
export async function* followLines(
  path: string,
  count: number,
  signal: AbortSignal,
): AsyncGenerator<string[], void, void> {
  const youngest = formerLog(path, 1)
  let former: number | null
  let place: LogPlace
  let lines: string[]
  do {
    former = await inodeOf(youngest)
    ;({ lines, place } = await tailOf(path, count))
  } while (former !== (await inodeOf(youngest)))
  let lostLooks = 0
  yield lines
  while (!signal.aborted) {
    await wait(lookMs, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    const { ino, offset } = place
    const age = await ageOf(path, ino)
    if (ino !== null && age !== null) {
      lostLooks = 0
      const file = await openAs(formerLog(path, age), ino)
      if (file === null) continue
      // Renamed. Whoever had just opened it adds a line yet; then it goes on in the file after it.
      const end = yield* restOf(file, offset, age === 1 ? 2 : 1, signal)
      const next = await fileAfter(path, ino)
      place = next === null ? { ino, offset: end } : { ino: next, offset: 0 }
      former = ino
      continue
    }
    const now = await inodeOf(youngest)
    if (now !== null && now !== former) {
      if (ino === null) {
        // Begun and renamed since the last look.
        place = { ino: now, offset: 0 }
        continue
      }
      const copy = now !== ino && (await inodeOf(path)) === ino ? await openAs(youngest, now) : null
      if (copy !== null) {
        // Copied and emptied.
        yield* restOf(copy, offset, 1, signal)
        place = { ino, offset: 0 }
        former = now
        continue
      }
    }
    const found = await presentLines(path, place)
    lostLooks = found === null ? lostLooks + 1 : 0
    if (lostLooks > patientLooks) {
      place = { ino: null, offset: 0 }
      former = now
    }
    if (found === null) continue
    place = found.place
    if (found.lines.length > 0) yield found.lines
  }
}
