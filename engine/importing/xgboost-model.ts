import { versionFiles } from '../../shared/catalog/version.ts'
import { Failure } from '../../shared/failure.ts'
import { assemblePipeline } from '../../shared/features/assemble-pipeline.ts'
import type { Encoder, Pipeline } from '../../shared/features/pipeline.ts'
import { describeGbdt, type GbdtColumn, type GbdtDescription } from '../../shared/models/gbdt/gbdt-columns.ts'
import { createGbdtScorer } from '../../shared/models/gbdt/gbdt-scorer.ts'
import { readGbdtModel } from '../../shared/models/gbdt/parse-gbdt-model.ts'
import type { GbdtModel } from '../../shared/models/gbdt/tree-model.ts'
import { createPredictor, type Predictor } from '../../shared/models/predictor.ts'
import type { Label, Signature, SignatureColumn, Task } from '../../shared/signature/signature.ts'
import type { ForeignModel } from './foreign-model.ts'
import { makeRows } from './made-rows.ts'
import { targetType } from './target-type.ts'

/** Boosted trees that were trained elsewhere, with the columns they read. */
interface ForeignTrees {
  readonly model: GbdtModel
  readonly description: GbdtDescription
  readonly task: Task
}

function readTrees(modelJson: string, shown: string): ForeignTrees {
  const description = describeGbdt(modelJson, shown)
  const model = readGbdtModel(modelJson)
  const names = new Set<string>()
  for (const { name } of description.columns) {
    if (names.has(name)) {
      throw new Failure('invalid-input', `${shown} has two columns "${name}".`, 'Name its columns apart.')
    }
    names.add(name)
  }
  const { objective } = model
  const task =
    objective === 'binary:logistic' ? 'binary' : objective === 'multi:softprob' ? 'multiclass' : 'regression'
  return { model, description, task }
}

function columnOf({ name, kind, categories }: GbdtColumn): { input: SignatureColumn; encoder: Encoder } {
  const base = { name, required: false, missing: true }
  if (kind === 'categorical' && categories !== null) {
    const values = categories.map(String)
    const sourceType = typeof categories[0] === 'number' ? 'BIGINT' : 'VARCHAR'
    return {
      input: { ...base, type: 'categorical', sourceType, values: values.slice(0, 1_000) },
      encoder: { kind: 'codes', name, categories: values },
    }
  }
  if (kind === 'boolean') {
    return {
      input: { ...base, type: 'boolean', sourceType: 'BOOLEAN' },
      encoder: { kind: 'boolean', name, fill: null },
    }
  }
  // Codes without names travel as numbers: that is what whoever trained the model gives it.
  const whole = kind !== 'numeric'
  return {
    input: {
      ...base,
      type: 'numeric',
      sourceType: whole ? 'BIGINT' : 'DOUBLE',
      ...(whole ? { integer: true as const } : {}),
    },
    encoder: { kind: 'numeric', name, impute: 'none', fill: null, scale: 'none', center: 0, factor: 1 },
  }
}

/** @throws Failure `invalid-input` for classes that are not one for each of the model's outputs */
function classesOf({ model, task }: ForeignTrees, given: readonly Label[] | null): Label[] | null {
  if (task === 'regression') {
    if (given === null) return null
    throw new Failure(
      'invalid-input',
      `The model predicts a number (${model.objective}), and ${given.length} classes were given.`,
      'Leave the classes out.',
      'classes',
    )
  }
  const count = task === 'binary' ? 2 : model.groups
  const classes = given ?? Array.from({ length: count }, (_, k) => k)
  if (classes.length !== count || new Set(classes.map(String)).size !== count) {
    throw new Failure(
      'invalid-input',
      `The model has ${count} classes; ${classes.length} were given: ${classes.join(', ')}.`,
      'Give each once, in the order in which they were coded 0, 1, ….',
      'classes',
    )
  }
  return [...classes]
}

/** The predictor whose pipeline hands values through as they are, with what is missing as NaN. */
function foreignPredictor(
  trees: ForeignTrees,
  target: string,
  classes: Label[] | null,
): { predictor: Predictor; pipeline: Pipeline; signature: Signature } {
  const columns = trees.description.columns.map(columnOf)
  const signature: Signature = {
    version: 1,
    task: trees.task,
    inputs: columns.map(({ input }) => input),
    target: { name: target, sourceType: targetType(classes), ...(classes ? { classes } : {}) },
  }
  const pipeline = assemblePipeline(columns.map(({ encoder }) => encoder))
  const predictor = createPredictor({ signature, pipeline, model: createGbdtScorer(trees.model) })
  return { predictor, pipeline, signature }
}

function notesOf({ description, model }: ForeignTrees, given: boolean): string[] {
  const rounds = model.trees.length / model.groups
  const notes: string[] = []
  const { bestRounds } = description
  if (bestRounds !== null && bestRounds < rounds) {
    notes.push(
      `It holds ${rounds} rounds; early stopping found the least loss after ${bestRounds}. All are used, as by \`Booster.predict\`. To serve the best ones only, save \`booster[:booster.best_iteration + 1]\`.`,
    )
  }
  if (!given) {
    notes.push(
      'It was imported without data. Its recorded rows are made up from the thresholds of its trees: they prove that predictions stay the same, and say nothing of the data. Its baseline is empty, so drift is measured only between windows.',
    )
  }
  return notes
}

/** @throws Failure naming what in the file cannot be used */
export function readXgboost(modelJson: string, shown: string): ForeignModel {
  const trees = readTrees(modelJson, shown)
  const { version } = trees.description
  return {
    format: 'xgboost',
    producer: `XGBoost ${version}`,
    packages: { xgboost: version },
    spec: { kind: 'gbdt' },
    classCount: trees.task === 'regression' ? null : trees.task === 'binary' ? 2 : trees.model.groups,
    labels: null,
    unnamedColumns: null,
    async open({ target, classes, columns }) {
      if (columns) {
        throw new Failure(
          'invalid-input',
          `${shown} names its columns itself; ${columns.length} names were given.`,
          'Leave the columns out.',
          'columns',
        )
      }
      const opened = foreignPredictor(trees, target, classesOf(trees, classes))
      return {
        ...opened,
        // Byte by byte what was given: Python loads it as before.
        files: new Map([[versionFiles.modelTopology, new TextEncoder().encode(modelJson)]]),
        withSignature: (signature) =>
          createPredictor({ signature, pipeline: opened.pipeline, model: createGbdtScorer(trees.model) }),
        makeRows: () => makeRows(opened.signature, trees.model),
        notes: (given) => notesOf(trees, given),
      }
    },
  }
}
