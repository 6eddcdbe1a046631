import type { Provenance } from '../../shared/catalog/version.ts'
import type { Baseline } from '../../shared/drift/baseline.ts'
import { compileCounter, type Layouts } from '../../shared/drift/count.ts'
import { layoutHash } from '../../shared/drift/layout-hash.ts'
import { keptRows } from '../../shared/evaluation/evaluation-file.ts'
import type { Pipeline } from '../../shared/features/pipeline.ts'
import type { TrainSpec } from '../../shared/notebook/train-spec.ts'
import type { Signature } from '../../shared/signature/signature.ts'
import type { Session } from '../data/database.ts'
import type { FeatureColumn } from './choose-columns.ts'
import { checkWidth } from './features/check-width.ts'
import { fitPipeline } from './features/fit-pipeline.ts'
import type { FitRows } from './features/fit-rows.ts'
import type { FittedColumn } from './features/fitted-column.ts'
import { type OpenedData, type ReportStep, type ShownRows, showRows } from './open-data.ts'
import { readPart } from './read-part.ts'
import { dataFingerprint, sha256 } from './read-provenance.ts'
import type { Resolved } from './resolve-task.ts'
import { checkTrainingWeights, countedSql } from './sample-weights.ts'
import type { SplitCounts } from './split-rows.ts'
import type { ExtraColumn } from './take-snapshot.ts'
import type { Part, TrainerResult } from './trainer-messages.ts'

/** A pipeline fitted on the training rows, and the rows as columns. */
export interface FittedParts {
  signature: Signature
  pipeline: Pipeline
  parts: { train: Part; validation: Part; test: Part }
  /** The baseline once the model's outputs are counted. */
  baseline(outputs: TrainerResult['outputs']): Baseline
}

export interface Prepared extends FittedParts {
  /** What the kept held-out rows hold, and how many of them are kept. */
  heldOut: { features: readonly FeatureColumn[]; extras: readonly ExtraColumn[]; rows: number }
  resolved: Resolved
  split: SplitCounts
  seed: number
  data: Provenance['data']
}

function signatureOf(
  resolved: Resolved,
  fitted: readonly FittedColumn[],
  name: string,
  sourceType: string,
): Signature {
  const classes = resolved.classes.map((one) => one.label)
  return {
    version: 1,
    task: resolved.task,
    inputs: fitted.map((column) => column.signature),
    target: { name, sourceType, ...(classes.length > 0 ? { classes } : {}) },
  }
}

/**
 * Fits the pipeline on the training rows of `rowsTable` inside the database, and reads the parts as columns.
 *
 * @param shown what `rowsTable` shows
 */
export async function fitParts(
  session: Session,
  { resolved, target, weight }: Pick<OpenedData, 'resolved' | 'target' | 'weight'>,
  shown: ShownRows,
  spec: Pick<TrainSpec, 'features'>,
  counts: SplitCounts,
  report: ReportStep,
): Promise<FittedParts> {
  const rows = counts.train + counts.validation + counts.test
  const training = `${shown.part} = 0`
  if (weight) await checkTrainingWeights(session, shown.table, training, resolved, weight)
  report('fitting features', 0.1)
  const all: FitRows = {
    session,
    table: shown.table,
    where: countedSql(training, weight),
    columns: shown.columns,
    task: resolved.task,
    classes: resolved.classes.map((one) => String(one.label)),
  }
  const { pipeline, fitted } = await fitPipeline(all, shown.features, spec.features, (done) =>
    report('fitting features', 0.1 + 0.1 * done),
  )
  checkWidth(pipeline, rows)
  const signature = signatureOf(resolved, fitted, target.name, target.sourceType)

  const featureLayouts = fitted.map((column) => column.layout)
  const counter = compileCounter({
    layouts: { features: featureLayouts, outputs: [] },
    pipeline,
    classes: [],
  })
  let before = 0
  const read = async (name: 'train' | 'validation' | 'test') => {
    const part = await readPart(session, pipeline, name, counts[name], weight !== null, (chunk, done) => {
      if (name === 'train') counter.addFeatures(chunk)
      report('reading rows', 0.2 + (0.09 * (before + done)) / rows)
    })
    before += counts[name]
    return part
  }
  const parts = { train: await read('train'), validation: await read('validation'), test: await read('test') }
  const counted = counter.counts().features
  return {
    signature,
    pipeline,
    parts,
    baseline(outputs) {
      const layouts: Layouts = { features: featureLayouts, outputs: outputs.map((column) => column.layout) }
      return {
        version: 1,
        layoutHash: layoutHash(layouts, sha256),
        rows: counts.train,
        features: featureLayouts.map((layout, i) => ({ layout, stats: counted[i]! })),
        heldOutRows: counts.test,
        outputs,
      }
    },
  }
}

/**
 * Everything before the model of a version: fits features on its training rows and reads its parts. Leaves temporary
 * tables in `session`, which end with it.
 */
export async function prepareData(
  session: Session,
  opened: OpenedData,
  spec: TrainSpec,
  report: ReportStep,
): Promise<Prepared> {
  const { quoted, columns, resolved, counts, split } = opened
  const shown = await showRows(session, opened, spec)
  const { features } = shown
  const extras = opened.extras.filter(({ name }) => !features.some((feature) => feature.name === name))
  return {
    ...(await fitParts(session, opened, shown, spec, counts, report)),
    resolved: { ...resolved, model: spec.model ?? resolved.model },
    heldOut: { features, extras, rows: keptRows(counts.test, features.length + extras.length) },
    split: counts,
    seed: split.seed,
    data: await dataFingerprint(session, spec.from, quoted, columns),
  }
}
