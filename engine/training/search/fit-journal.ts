import { createHash } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import { metricsSchema } from '../../../shared/metrics/metrics.ts'
import { stableJson } from '../../../shared/notebook/stable-json.ts'

/** What one fit gave, as a line of the journal. */
export const fitRecordSchema = z.strictObject({
  /** Everything that decides the result, hashed. */
  key: z.string(),
  rows: z.strictObject({ train: z.number().int(), validation: z.number().int(), test: z.number().int() }),
  metrics: metricsSchema,
  ms: z.number(),
})
export type FitRecord = z.infer<typeof fitRecordSchema>

/** Finished fits, on disk before they count, so that a search that is stopped or killed goes on where it was. */
export interface FitJournal {
  find(key: string): FitRecord | undefined
  add(record: FitRecord): Promise<void>
  close(): Promise<void>
}

const mostJournals = 50

/** A key that two fits share only if their results are the same. */
export function contentKey(content: unknown): string {
  return createHash('sha256').update(stableJson(content)).digest('hex')
}

/** The last line may be half a line, where a run was killed while it wrote: it counts for nothing. */
async function readRecords(path: string): Promise<{ records: FitRecord[]; isWhole: boolean }> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const records = text.split('\n').flatMap((line) => {
    try {
      const parsed = fitRecordSchema.safeParse(JSON.parse(line))
      return parsed.success ? [parsed.data] : []
    } catch {
      return []
    }
  })
  return { records, isWhole: text === '' || text.endsWith('\n') }
}

async function dropOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ndjson'))
  if (names.length <= mostJournals) return
  const dated = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
  )
  dated.sort((a, b) => b.at - a.at)
  for (const { name } of dated.slice(mostJournals)) await rm(join(folder, name), { force: true })
}

async function appendSynced(file: FileHandle, text: string): Promise<void> {
  await file.write(text)
  await file.datasync()
}

function writeFailure(error: unknown, folder: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return new Failure(
    'disk-full',
    `The search's journal in ${folder} could not be written: the disk is full.`,
    'Free some space and run the cell again; what was finished is kept.',
  )
}

/**
 * Opens the journal of everything fitted on one data set in one way; at most 50 of them are kept.
 *
 * @param name content key of the data and the folds
 * @param write puts a text at the end of the file and on the disk; tests fill the disk here
 * @throws Failure `disk-full`, here and when a fit is added
 */
export async function openFitJournal(
  folder: string,
  name: string,
  write: typeof appendSynced = appendSynced,
): Promise<FitJournal> {
  const path = join(folder, `${name}.ndjson`)
  let file: FileHandle
  const known = new Map<string, FitRecord>()
  try {
    await mkdir(folder, { recursive: true })
    const { records, isWhole } = await readRecords(path)
    for (const record of records) known.set(record.key, record)
    file = await open(path, 'a')
    const opened = file
    if (!isWhole) {
      await write(opened, '\n').catch(async (error: unknown) => {
        await opened.close()
        throw error
      })
    }
    await dropOldest(folder)
  } catch (error) {
    throw writeFailure(error, folder)
  }
  let last: Promise<unknown> = Promise.resolve()
  /** A write that failed may have left half a line, which the next one must not go on with. */
  let halfWritten = false
  return {
    find: (key) => known.get(key),
    add(record) {
      const written = last.then(async () => {
        const line = `${halfWritten ? '\n' : ''}${JSON.stringify(record)}\n`
        halfWritten = true
        await write(file, line)
        halfWritten = false
        known.set(record.key, record)
      })
      last = written.catch(() => undefined)
      return written.catch((error: unknown) => {
        throw writeFailure(error, folder)
      })
    },
    async close() {
      await last
      await file.close()
    },
  }
}
