import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Examples, examplesSchema } from '../../shared/bundle/manifest.ts'
import type { IntrospectionTest } from '../../shared/catalog/introspection.ts'
import { type ModelVersion, versionFiles } from '../../shared/catalog/version.ts'
import { decodeJson } from '../../shared/decode.ts'
import { baselineSchema } from '../../shared/drift/baseline.ts'
import { canonicalJson } from '../../shared/drift/layout-hash.ts'
import type { Predictions } from '../../shared/models/predictor.ts'
import { limitsOf, numberKeeps, textKeeps } from '../../shared/signature/limits.ts'
import { type Signature, signatureSchema } from '../../shared/signature/signature.ts'
import { transformFiles, transformPlanSchema } from '../../shared/transforms/transform-plan.ts'
import { createRowScorer, type RowScorer } from '../scoring/row-scorer.ts'
import { openAsyncPredictor } from '../scoring/scoring-thread.ts'
import { openVersionTransforms } from '../scoring/version-transforms.ts'
import { findDamage } from './content-digest.ts'
import { readModelParts } from './read-model-parts.ts'
import { restoreFolder } from './restore-folder.ts'

type Row = Examples['rows'][number]

const unseenCategory = 'never seen in training'
const farAway = 1e12

/** A test's figure when it passed; what it throws is why it failed. */
type Run = () => Promise<string>

interface Artifacts {
  predictor: Predictor
  /** From rows of a request to their scores, through the version's SQL where it has any. */
  scorer: RowScorer
  signature: Signature
  throughSql: boolean
  examples: Examples
}

type Predictor = Awaited<ReturnType<typeof openAsyncPredictor>>

async function answers(
  { predictor, scorer }: Artifacts,
  rows: readonly Row[],
): Promise<{ predictions: unknown[]; scores: number[][] }> {
  const answer = await scorer.records(rows)
  if (!answer.ok) {
    const { row, column, expected, found } = answer.field
    const where = column === '' ? '' : ` for its column "${column}"`
    throw new Error(`The version refuses row ${row}${where}: ${expected} is expected, found ${found}.`)
  }
  return { predictions: predictor.predictions(answer.predictions), scores: scoresOf(answer.predictions) }
}

function scoresOf({ rows, outputs, scores }: Predictions): number[][] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from(scores.subarray(row * outputs, (row + 1) * outputs)),
  )
}

async function loads(record: ModelVersion, folder: string): Promise<Artifacts> {
  const parts = await readModelParts(record, folder)
  const predictor = await openAsyncPredictor(parts)
  try {
    const transforms = record.transforms ? await openVersionTransforms(folder, parts.pipeline) : null
    const scorer = createRowScorer(record.signature, predictor, transforms)
    const examplesText = await readFile(join(folder, versionFiles.examples), 'utf8')
    const examples = decodeJson(examplesSchema, examplesText, versionFiles.examples, restoreFolder(folder))
    return { predictor, scorer, signature: record.signature, throughSql: transforms !== null, examples }
  } catch (error) {
    predictor.close()
    throw error
  }
}

/**
 * The columns that a version's baseline has to count: what its pipeline takes, which are the columns of a request, or
 * where SQL stands before the pipeline, what that makes of them.
 */
async function countedColumns(record: ModelVersion, folder: string): Promise<string[]> {
  if (!record.transforms) return record.signature.inputs.map(({ name }) => name)
  const text = await readFile(join(folder, transformFiles.plan), 'utf8')
  return decodeJson(transformPlanSchema, text, transformFiles.plan, restoreFolder(folder)).outputs.map(
    ({ name }) => name,
  )
}

async function replay(artifacts: Artifacts): Promise<string> {
  const { rows, predictions } = artifacts.examples
  if (rows.length === 0) throw new Error('The version has no recorded rows.')
  const found = (await answers(artifacts, rows)).predictions
  const wrong = predictions.findIndex((prediction, row) => prediction !== found[row])
  if (wrong >= 0) {
    const [was, is] = [JSON.stringify(predictions[wrong]), JSON.stringify(found[wrong])]
    throw new Error(`Recorded row ${wrong} is predicted as ${is}; training recorded ${was}.`)
  }
  return `${rows.length} recorded rows, every prediction as in training`
}

async function alone(artifacts: Artifacts): Promise<string> {
  const { examples } = artifacts
  const together = (await answers(artifacts, examples.rows)).scores
  const rows = examples.rows.slice(0, 50)
  for (const [row, example] of rows.entries()) {
    const own = (await answers(artifacts, [example])).scores[0]
    if (JSON.stringify(own) !== JSON.stringify(together[row])) {
      throw new Error(`Recorded row ${row} has another score alone than in the batch.`)
    }
  }
  return `${rows.length} rows, bit for bit the same`
}

interface Unusual {
  column: string
  row: Row
  /** False where the user's own constraints refuse the value. */
  accepted: boolean
}

function unusualRows(signature: Signature, example: Row): Unusual[] {
  return signature.inputs.flatMap((column) => {
    const limits = limitsOf(column)
    const changed = (value: Row[string], accepted: boolean): Unusual => {
      return { column: column.name, row: { ...example, [column.name]: value }, accepted }
    }
    return [
      ...(column.missing ? [changed(null, true)] : []),
      ...(column.type === 'categorical'
        ? [changed(unseenCategory, limits === null || textKeeps(limits, unseenCategory))]
        : []),
      ...(column.type === 'numeric'
        ? [changed(farAway, limits === null || numberKeeps(limits, farAway))]
        : []),
    ]
  })
}

/** What training never saw must still be answered with numbers, or, where constraints rule it out, refused by name. */
async function unusual({ scorer, signature, examples, throughSql }: Artifacts): Promise<string> {
  const [example] = examples.rows
  if (!example) throw new Error('The version has no recorded rows.')
  const rows = unusualRows(signature, example)
  if (rows.length === 0) return 'no column takes such values'
  let ruledOut = 0
  let unmade = 0
  for (const { column, row, accepted } of rows) {
    const answer = await scorer.records([row])
    const found = JSON.stringify(row[column])
    if (answer.ok) {
      if (!accepted) throw new Error(`${found} in "${column}" is answered, which its constraints rule out.`)
      if (!scoresOf(answer.predictions).flat().every(Number.isFinite)) {
        throw new Error(`${found} in "${column}" is answered with no number.`)
      }
    } else if (!accepted && answer.field.column === column) ruledOut++
    // SQL may have no result for such a value, as a cast or a join: that is an answer too, naming the row.
    else if (accepted && throughSql) unmade++
    else throw new Error(`${found} in "${column}" is refused: ${answer.field.expected} is expected.`)
  }
  const refusals = [
    ...(ruledOut > 0 ? [`${ruledOut} of them refused as the constraints say`] : []),
    ...(unmade > 0 ? [`${unmade} of them refused by the SQL in words`] : []),
  ]
  return [`${rows.length} rows with a missing, unseen or far value, each answered`, ...refusals].join(', ')
}

/**
 * Tests a version by running it: its files, and then its model on recorded and on unusual rows. Under the names of
 * OCI's results; there, an artifact's files are looked at and nothing is run.
 *
 * @param boot packages and boots it; left out, that test is Not Tested
 */
export async function introspect(
  record: ModelVersion,
  folder: string,
  boot?: () => Promise<{ ok: boolean; detail: string }>,
): Promise<IntrospectionTest[]> {
  const tests: IntrospectionTest[] = []
  const run = async (name: string, work: Run): Promise<boolean> => {
    try {
      tests.push({ name, status: 'Passed', detail: await work() })
      return true
    } catch (error) {
      tests.push({ name, status: 'Failed', detail: error instanceof Error ? error.message : String(error) })
      return false
    }
  }
  await run('Files match their hashes', async () => {
    const [first] = await findDamage(folder)
    if (first) throw new Error(`${first.path} ${first.problem}.`)
    return `${record.files.length} files and the record, digest ${record.digest.slice(0, 12)}`
  })
  await run('Signature is the one in the record', async () => {
    const text = await readFile(join(folder, versionFiles.signature), 'utf8')
    const signature = decodeJson(signatureSchema, text, versionFiles.signature, restoreFolder(folder))
    if (canonicalJson(signature) !== canonicalJson(record.signature)) {
      throw new Error('signature.json is not the signature that the record has.')
    }
    return `${signature.inputs.length} input columns`
  })
  await run('Baseline covers the columns', async () => {
    const text = await readFile(join(folder, versionFiles.baseline), 'utf8')
    const { features } = decodeJson(baselineSchema, text, versionFiles.baseline, restoreFolder(folder))
    const covered = new Set(features.map(({ layout }) => layout.name))
    const missing = (await countedColumns(record, folder)).find((name) => !covered.has(name))
    if (missing !== undefined) throw new Error(`The baseline has nothing for the column "${missing}".`)
    return `${features.length} columns`
  })
  let artifacts: Artifacts | null = null
  let close = () => {}
  await run('Pipeline and model load', async () => {
    artifacts = await loads(record, folder)
    close = artifacts.scorer.close
    return `${artifacts.predictor.pipeline.width} model inputs`
  })
  const needLoaded: readonly (readonly [string, (loaded: Artifacts) => Promise<string>])[] = [
    ['Recorded rows are predicted as in training', replay],
    ['A row alone scores as in a batch', alone],
    ['Missing, unseen and far values are answered', unusual],
  ]
  for (const [name, test] of needLoaded) {
    const loaded: Artifacts | null = artifacts
    if (loaded) await run(name, async () => test(loaded))
    else tests.push({ name, status: 'Not Tested', detail: 'The model could not be loaded.' })
  }
  close()
  const name = 'Bundle boots and replays the recorded rows'
  if (!boot) tests.push({ name, status: 'Not Tested', detail: 'Asked for without a bundle.' })
  else if (tests.some(({ status }) => status === 'Failed')) {
    tests.push({ name, status: 'Not Tested', detail: 'A test before it failed.' })
  } else {
    await run(name, async () => {
      const { ok, detail } = await boot()
      if (!ok) throw new Error(detail)
      return detail
    })
  }
  return tests
}
