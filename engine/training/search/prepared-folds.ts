/** Copies columns once into memory that all trainers of a fold share. */
import type { TrainSpec } from '../../../shared/notebook/train-spec.ts'
import type { Session } from '../../data/database.ts'
import type { OpenedData } from '../open-data.ts'
import { showRows } from '../open-data.ts'
import { type FittedParts, fitParts } from '../prepare-data.ts'
import { countParts, rowsTable } from '../split-rows.ts'
import { dealFolds, type FoldsRequest, foldsTable, type PartOfFold } from '../splits/deal-folds.ts'
import type { Part } from '../trainer-messages.ts'
import type { Refreeze } from '../transforms/refreeze.ts'
import { refrozenFolds } from './refrozen-folds.ts'

export type PreparedFold = Pick<FittedParts, 'signature' | 'pipeline' | 'parts'>

export interface FoldChoice {
  /** What features to fit; the model does not matter here. */
  spec: TrainSpec
  seed: number
  fold: number
  /** Share of the training rows to use, over 0 to 1. */
  share: number
}

/** Folds with features, and statistics of SQL, fitted on their own training rows, made when first asked for and shared while in use. */
export interface PreparedFolds {
  /** Rows that are dealt into folds. */
  readonly rows: number
  /** How many folds they are dealt into, and the key of the cell that asks. */
  readonly asked: Pick<FoldsRequest, 'folds' | 'path'>
  use<T>(choice: FoldChoice, work: (prepared: PreparedFold) => Promise<T>): Promise<T>
}

function sharedNumbers(array: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(array.byteLength))
  copy.set(array)
  return copy
}

function sharedCodes(array: Int32Array): Int32Array<ArrayBufferLike> {
  const copy = new Int32Array(new SharedArrayBuffer(array.byteLength))
  copy.set(array)
  return copy
}

function sharedColumn(array: Float64Array | Int32Array): Float64Array | Int32Array {
  return array instanceof Float64Array ? sharedNumbers(array) : sharedCodes(array)
}

function sharePart(part: Part): Part {
  const columns = part.columns
  // One at a time, so that the copy adds one column to what is held, not all of them.
  for (let c = 0; c < columns.length; c++) columns[c] = sharedColumn(columns[c]!)
  const { weights, tokens } = part
  return {
    ...part,
    target: sharedNumbers(part.target),
    ...(weights ? { weights: sharedNumbers(weights) } : {}),
    ...(tokens ? { tokens: sharedCodes(tokens) } : {}),
  }
}

function bytesOf({ parts }: PreparedFold): number {
  return [parts.train, parts.validation, parts.test]
    .flatMap((part) => [...part.columns, part.target, ...(part.tokens ? [part.tokens] : [])])
    .reduce((sum, array) => sum + array.byteLength, 0)
}

interface Entry {
  prepared: Promise<PreparedFold>
  bytes: number
  users: number
}

/**
 * @param memory bytes of prepared folds that are kept for later trials; those in use are kept in any case
 * @param refreeze takes statistics of SQL on a fold's training rows; null where there are none
 */
export async function openPreparedFolds(
  session: Session,
  opened: OpenedData,
  request: FoldsRequest,
  memory: number,
  throwIfStopped: () => void,
  refreeze: Refreeze | null = null,
): Promise<PreparedFolds> {
  let dealt: { seed: number; part: PartOfFold } = {
    seed: request.seed,
    part: await dealFolds(session, opened, request),
  }
  const [counted] = await session.rows(`select count(*)::double as n from ${foldsTable}`)
  const bytesOfFolds = 8 * Number(counted?.n) * (opened.features.length + 4) * request.folds
  const refrozen =
    refreeze && refrozenFolds(session, opened, refreeze, bytesOfFolds <= memory ? request.folds : 1)
  const entries = new Map<string, Entry>()
  // The session does one thing at a time, and `rowsTable` shows one fold at a time.
  let queue: Promise<unknown> = Promise.resolve()

  const prepare = async ({ spec, seed, fold, share }: FoldChoice): Promise<PreparedFold> => {
    throwIfStopped()
    if (dealt.seed !== seed) {
      dealt = { seed, part: await dealFolds(session, opened, { ...request, seed }) }
    }
    const part = dealt.part(fold, share)
    const table = refrozen ? await refrozen.table(JSON.stringify([seed, fold, share]), part) : foldsTable
    const shown = await showRows(session, opened, spec, table, part)
    const counts = await countParts(session, rowsTable)
    const { signature, pipeline, parts } = await fitParts(
      session,
      opened,
      shown,
      spec,
      counts,
      throwIfStopped,
    )
    return {
      signature,
      pipeline,
      parts: {
        train: sharePart(parts.train),
        validation: sharePart(parts.validation),
        test: sharePart(parts.test),
      },
    }
  }
  const forgetIdle = () => {
    let held = [...entries.values()].reduce((sum, entry) => sum + entry.bytes, 0)
    for (const [key, entry] of entries) {
      if (held <= memory) return
      if (entry.users > 0) continue
      entries.delete(key)
      held -= entry.bytes
    }
  }
  const acquire = (key: string, choice: FoldChoice): Entry => {
    const known = entries.get(key)
    // Taken out and put in again: the map's order is that of their last use.
    entries.delete(key)
    const entry = known ?? { bytes: 0, users: 0, prepared: queue.then(() => prepare(choice)) }
    entries.set(key, entry)
    if (!known) {
      queue = entry.prepared.then(
        (prepared) => {
          entry.bytes = bytesOf(prepared)
          forgetIdle()
        },
        () => entries.delete(key),
      )
    }
    return entry
  }
  return {
    rows: Number(counted?.n),
    asked: request,
    async use(choice, work) {
      const key = JSON.stringify([choice.spec.features ?? null, choice.seed, choice.fold, choice.share])
      const entry = acquire(key, choice)
      entry.users++
      try {
        return await work(await entry.prepared)
      } finally {
        entry.users--
        forgetIdle()
      }
    },
  }
}
