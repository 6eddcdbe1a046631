import { z } from 'zod'
import type { SignatureColumn, Task } from '../signature/signature.ts'
import { type CustomField, customFieldSchema } from './custom-metadata.ts'
import type { VersionMetadata } from './model-state.ts'
import { trainedSpec } from './trained-spec.ts'
import { type UseCaseType, useCaseTypes } from './use-case-types.ts'
import type { ModelVersion } from './version.ts'

const schemaColumnSchema = z.strictObject({
  name: z.string(),
  dtype: z.string(),
  feature_type: z.string(),
  required: z.boolean(),
  order: z.number().int(),
  description: z.string(),
  domain: z.strictObject({
    values: z.string(),
    stats: z.record(z.string(), z.number()),
    constraints: z.array(z.string()),
  }),
})
export type SchemaColumn = z.infer<typeof schemaColumnSchema>

/** A version under the names that OCI's model catalog gives such things. */
export const ociDescriptionSchema = z.strictObject({
  displayName: z.string(),
  description: z.string(),
  taxonomy: z.strictObject({
    UseCaseType: z.enum(useCaseTypes),
    Framework: z.string(),
    FrameworkVersion: z.string(),
    Algorithm: z.string(),
    /** JSON. */
    Hyperparameters: z.string(),
    /** JSON: each introspection test with its result. */
    ArtifactTestResults: z.string(),
  }),
  provenance: z.strictObject({
    git_branch: z.string().nullable(),
    git_commit: z.string().nullable(),
    repository_url: z.string().nullable(),
    script_dir: z.string().nullable(),
    training_id: z.string(),
  }),
  customMetadata: z.array(customFieldSchema),
  inputSchema: z.array(schemaColumnSchema),
  outputSchema: z.array(schemaColumnSchema),
  freeformTags: z.record(z.string(), z.string()),
})
export type OciDescription = z.infer<typeof ociDescriptionSchema>

/** What a model is for where nobody said otherwise. */
export const useCaseOf: Record<Task, UseCaseType> = {
  binary: 'binary_classification',
  multiclass: 'multinomial_classification',
  regression: 'regression',
}

const algorithms: Record<string, string> = {
  linear: 'linear regression',
  logistic: 'logistic regression',
  mlp: 'multilayer perceptron',
  gbdt: 'gradient boosted trees',
  onnx: 'ONNX graph',
  tfjs: 'neural network',
}

export function kindOf(record: ModelVersion): string {
  if (record.provenance.imported?.format === 'onnx') return 'onnx'
  return trainedSpec(record).model?.kind ?? (record.task === 'regression' ? 'linear' : 'logistic')
}

export function caseTypeOf(record: ModelVersion, metadata: VersionMetadata): UseCaseType {
  return metadata.useCaseType ?? useCaseOf[record.task]
}

/** What trained the model, with its version. */
export function frameworkOf(record: ModelVersion): { name: string; version: string } {
  const { imported, packages } = record.provenance
  if (imported?.format === 'xgboost') return { name: 'XGBoost', version: packages.xgboost ?? '' }
  // What wrote the file says more of what trained it than the runtime does: `skl2onnx 1.20.0`, `pytorch 2.15.0`.
  const written = imported && /^(.*\S)\s+(\S+)$/.exec(imported.producer)
  if (imported) return { name: written?.[1] ?? imported.producer, version: written?.[2] ?? '' }
  const tfjs = record.provenance.packages['@tensorflow/tfjs']
  return tfjs === undefined
    ? { name: 'Slipway', version: record.provenance.slipway }
    : { name: 'TensorFlow.js', version: tfjs }
}

export function algorithmOf(record: ModelVersion): string {
  return algorithms[kindOf(record)] ?? kindOf(record)
}

/** Custom metadata that follows from the record; what somebody wrote under the same key comes before it. */
function derivedMetadata(record: ModelVersion): CustomField[] {
  const { provenance, split } = record
  const field = (category: CustomField['category'], key: string, value: string, description: string) => ({
    key,
    value,
    description,
    category,
  })
  return [
    ...Object.entries(record.metrics).map(([key, value]) =>
      field('Performance', key, String(value), 'On the test split.'),
    ),
    field('Training Profile', 'durationMs', String(record.durationMs), 'Milliseconds of training.'),
    field('Training Profile', 'backend', provenance.backend, 'What the tensors were computed on.'),
    field('Training and Validation Datasets', 'relation', provenance.data.relation, 'Trained on its rows.'),
    field('Training and Validation Datasets', 'rows', String(provenance.data.rows), 'Before the split.'),
    field(
      'Training and Validation Datasets',
      'split',
      `${split.train} / ${split.validation} / ${split.test}`,
      'Rows to train, validate and test.',
    ),
    field('Training and Validation Datasets', 'contentHash', provenance.data.contentHash, 'Of all rows.'),
    field('Training Environment', 'node', provenance.node, 'Version of Node.js.'),
    field('Training Environment', 'platform', provenance.platform, 'System and processor.'),
    ...Object.entries(provenance.packages).map(([name, version]) =>
      field('Training Environment', name, version, 'Version of the package.'),
    ),
  ]
}

/** In words, what a value has to be, the user's own demands among them. */
function constraintsOf({ missing, integer, constraints = {} }: SignatureColumn): string[] {
  const { min, max, values, pattern } = constraints
  return [
    ...(missing ? [] : ['not null']),
    ...(constraints.integer ? ['whole numbers only'] : integer ? ['whole numbers in training'] : []),
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
    ...(values === undefined ? [] : [`one of ${values.map((value) => JSON.stringify(value)).join(', ')}`]),
    ...(pattern === undefined ? [] : [`matches ${pattern}`]),
  ]
}

function inputColumns(record: ModelVersion): SchemaColumn[] {
  return record.signature.inputs.map((column, order) => {
    const { min, max, values } = column
    const stats = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
    return {
      name: column.name,
      dtype: column.sourceType,
      feature_type: column.type,
      required: column.required,
      order,
      description: '',
      domain: {
        values: values?.join(', ') ?? (column.type === 'boolean' ? 'true, false' : ''),
        stats,
        constraints: constraintsOf(column),
      },
    }
  })
}

function outputColumns(record: ModelVersion): SchemaColumn[] {
  const { target } = record.signature
  const values = target.classes?.map(String).join(', ') ?? ''
  const prediction: SchemaColumn = {
    name: 'prediction',
    dtype: target.sourceType,
    feature_type: target.classes ? 'categorical' : 'numeric',
    required: true,
    order: 0,
    description: `The predicted ${target.name}.`,
    domain: { values, stats: {}, constraints: [] },
  }
  if (!target.classes) return [prediction]
  return [
    prediction,
    {
      name: 'probabilities',
      dtype: 'DOUBLE',
      feature_type: 'numeric',
      required: true,
      order: 1,
      description: 'One for each class.',
      domain: { values: '', stats: { min: 0, max: 1 }, constraints: ['sum to 1'] },
    },
  ]
}

export function ociDescription(record: ModelVersion, metadata: VersionMetadata): OciDescription {
  const { provenance } = record
  const { kind: _kind, ...hyperparameters } = trainedSpec(record).model ?? { kind: '' }
  const framework = frameworkOf(record)
  const custom = new Map(derivedMetadata(record).map((field) => [field.key, field]))
  for (const field of metadata.custom) custom.set(field.key, field)
  const folder = provenance.notebook?.split('/').slice(0, -1).join('/')
  return {
    displayName: metadata.displayName || `${record.name} ${record.version}`,
    description: metadata.description,
    taxonomy: {
      UseCaseType: caseTypeOf(record, metadata),
      Framework: framework.name,
      FrameworkVersion: framework.version,
      Algorithm: algorithmOf(record),
      Hyperparameters: JSON.stringify(hyperparameters),
      ArtifactTestResults: JSON.stringify(
        Object.fromEntries(metadata.tests.map(({ name, status }) => [name, status])),
      ),
    },
    provenance: {
      git_branch: provenance.git?.branch ?? null,
      git_commit: provenance.git?.commit ?? null,
      repository_url: provenance.git?.repository ?? null,
      script_dir: folder === undefined ? null : folder || '.',
      training_id: record.digest,
    },
    customMetadata: [...custom.values()],
    inputSchema: inputColumns(record),
    outputSchema: outputColumns(record),
    freeformTags: { ...metadata.freeform },
  }
}
