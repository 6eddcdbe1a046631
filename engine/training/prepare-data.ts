import type { Provenance } from '../../shared/catalog/version.ts'
import type { Baseline } from '../../shared/drift/baseline.ts'
import { compileCounter, type Layouts } from '../../shared/drift/count.ts'
import { layoutHash } from '../../shared/drift/layout-hash.ts'
import { assemblePipeline } from '../../shared/features/assemble-pipeline.ts'
import type { Pipeline } from '../../shared/features/pipeline.ts'
import type { Split, TrainSpec } from '../../shared/notebook/train-spec.ts'
import type { Signature } from '../../shared/signature/signature.ts'
import { quoteRelation, type Session } from '../data/database.ts'
import { chooseFeatures, describeRelation, findTarget } from './choose-columns.ts'
import { type FittedColumn, fitColumn } from './fit-column.ts'
import { readPart } from './read-part.ts'
import { dataFingerprint, sha256 } from './read-provenance.ts'
import { type Resolved, resolveTask } from './resolve-task.ts'
import { type SplitCounts, splitRows } from './split-rows.ts'
import { checkSnapshot, snapshotColumn, takeSnapshot } from './take-snapshot.ts'
import type { Part, TrainerResult } from './trainer-messages.ts'

export interface Prepared {
  resolved: Resolved
  signature: Signature
  pipeline: Pipeline
  split: SplitCounts
  seed: number
  parts: { train: Part; validation: Part; test: Part }
  data: Provenance['data']
  /** The baseline once the model's outputs are counted. */
  baseline(outputs: TrainerResult['outputs']): Baseline
}

export type ReportStep = (step: string, fraction: number) => void

/** Classes are stratified unless the spec says otherwise; a number cannot be. */
function splitOf(spec: TrainSpec, resolved: Resolved): Split {
  const { test = 0.25, validation = 0.1, seed = 7 } = spec.split ?? {}
  const method = spec.split?.method ?? (resolved.task === 'regression' ? 'random' : 'stratified')
  return { method, test, validation, seed }
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
 * Everything before the model: checks the data, splits it, fits the pipeline on the training rows inside the
 * database, and reads the parts as columns. Leaves temporary tables in `session`, which end with it.
 */
export async function prepareData(session: Session, spec: TrainSpec, report: ReportStep): Promise<Prepared> {
  const quoted = quoteRelation(spec.from)
  report('reading the relation', 0)
  const columns = await describeRelation(session, spec.from, quoted)
  const target = findTarget(spec, columns)
  const features = chooseFeatures(spec, columns)
  const seed = spec.split?.seed ?? 7
  await takeSnapshot(session, quoted, features, target, seed)
  report('checking the data', 0.05)
  const rows = await checkSnapshot(session, spec.from, features, target)
  const resolved = await resolveTask(session, spec, target)
  const counts = await splitRows(session, splitOf(spec, resolved), resolved, rows, target.name)

  const fitted: FittedColumn[] = []
  for (const [i, feature] of features.entries()) {
    report('fitting features', 0.1 + (0.1 * i) / features.length)
    fitted.push(await fitColumn(session, snapshotColumn(i), feature))
  }
  const pipeline = assemblePipeline(fitted.map((column) => column.encoder))
  const signature = signatureOf(resolved, fitted, target.name, target.sourceType)

  const featureLayouts = fitted.map((column) => column.layout)
  const counter = compileCounter({
    layouts: { features: featureLayouts, outputs: [] },
    pipeline,
    classes: [],
  })
  let before = 0
  const read = async (name: 'train' | 'validation' | 'test') => {
    const part = await readPart(session, pipeline, name, counts[name], (chunk, done) => {
      if (name === 'train') counter.addFeatures(chunk)
      report('reading rows', 0.2 + (0.09 * (before + done)) / rows)
    })
    before += counts[name]
    return part
  }
  const parts = { train: await read('train'), validation: await read('validation'), test: await read('test') }
  const counted = counter.counts().features
  return {
    resolved,
    signature,
    pipeline,
    split: counts,
    seed,
    parts,
    data: await dataFingerprint(session, spec.from, quoted, columns),
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
