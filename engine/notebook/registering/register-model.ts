import { z } from 'zod'
import { metadataChangesSchema } from '../../../shared/catalog/catalog-event.ts'
import { epochSchema } from '../../../shared/catalog/version.ts'
import { decode } from '../../../shared/decode.ts'
import { Failure } from '../../../shared/failure.ts'
import type { Output } from '../../../shared/notebook/cell-state.ts'
import { type TrainSpec, trainSpecSchema } from '../../../shared/notebook/train-spec.ts'
import { signatureSchema } from '../../../shared/signature/signature.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import type { Changes } from '../../changes.ts'
import { encodeGiven } from '../../training/given/encode-given.ts'
import type { FittedFeatures, TrainedModel, Training } from '../../training/training.ts'
import type { CellRun } from '../cell-run.ts'
import type { FromSession, LoadedVersion } from '../typescript/session-protocol.ts'

/** The cell that asks: what a version records as its origin. */
export interface AskingCell extends Pick<CellRun, 'origin' | 'definitions' | 'sources'> {
  readonly cell: string
}

export interface FittedAnswer extends FittedFeatures {
  /** What they were fitted by, decoded. */
  spec: TrainSpec
}

export interface RegisteredAnswer {
  loaded: LoadedVersion
  /** What stands under the cell. */
  output: Output
}

type Ask<Type extends FromSession['type']> = Extract<FromSession, { type: Type }>

/** Features and models of TypeScript cells on their way into the catalog. */
export interface Registering {
  /** @throws Failure naming the setting or column at fault, `cancelled` after `signal` */
  fit(request: Ask<'features.fit'>, cell: AskingCell, signal: AbortSignal): Promise<FittedAnswer>
  /** The version appears whole or not at all. @throws Failure naming what does not fit */
  register(request: Ask<'catalog.register'>, cell: AskingCell, signal: AbortSignal): Promise<RegisteredAnswer>
}

/** What `catalog.fitFeatures(relation, …)` takes: a train cell without its model. */
const settingsSchema = trainSpecSchema.omit({
  from: true,
  model: true,
  register: true,
  search: true,
  crossValidation: true,
})
const aboutSchema = z.strictObject({
  signature: signatureSchema.optional(),
  description: metadataChangesSchema.shape.description,
  tags: metadataChangesSchema.shape.addTags,
  history: z.array(epochSchema).optional(),
})

async function assertSameQuestion(
  catalog: Catalog,
  { name, signature }: TrainedModel['record'],
): Promise<void> {
  const known = await catalog.resolve(name).catch(() => null)
  if (!known) return
  const { record } = await catalog.get(known.name, known.version)
  const of = record.signature
  if (of.task === signature.task && of.target.name === signature.target.name) return
  throw new Failure(
    'invalid-input',
    `"${name}" is taken: version ${record.version} predicts "${of.target.name}" (${of.task}), this model "${signature.target.name}" (${signature.task}).`,
    'Register it under another name.',
  )
}

export function createRegistering(parts: {
  training: Training
  catalog: Catalog
  changes: Changes
}): Registering {
  const { training, catalog, changes } = parts
  return {
    async fit({ relation, settings }, { cell, origin, definitions }, signal) {
      const given = decode(settingsSchema, settings, `catalog.fitFeatures("${relation}", …)`)
      const spec: TrainSpec = { ...given, from: relation }
      const request = { spec, definitions, defaultName: 'features', origin: { ...origin, cell }, signal }
      return { ...(await training.fitFeatures(request)), spec }
    },
    async register(
      { name, spec, fingerprint, about, model },
      { cell, origin, definitions, sources },
      signal,
    ) {
      const what = `catalog.register("${name}", …)`
      const { signature, description, tags, history } = decode(aboutSchema, about, what)
      await catalog.assertName(name)
      const encoded = encodeGiven(model)
      const trained = await training.train({
        spec: decode(trainSpecSchema, { ...spec, register: name, model: encoded.spec }, what),
        defaultName: name,
        definitions,
        origin: { ...origin, cell, sources: await sources() },
        given: {
          modelJson: encoded.modelJson,
          weights: encoded.weights,
          fingerprint,
          ...(signature ? { signature } : {}),
          ...(history ? { history } : {}),
        },
        signal,
        onProgress: () => undefined,
      })
      await assertSameQuestion(catalog, trained.record)
      if (signal.aborted) throw new Failure('cancelled', 'Registering was stopped.', 'Run the cell again.')
      const version = await catalog.register(trained)
      if (description !== undefined || tags !== undefined) {
        const changed = {
          ...(description === undefined ? {} : { description }),
          ...(tags ? { addTags: tags } : {}),
        }
        await catalog.edit(version.name, version.version, changed, `registered by the cell ${cell}`)
      }
      changes.emit('models')
      const { task, metrics } = version
      return {
        loaded: {
          name: version.name,
          version: version.version,
          aliases: [],
          task,
          signature: version.signature,
          metrics,
        },
        output: {
          type: 'model',
          name: version.name,
          version: version.version,
          task,
          metrics,
          naive: trained.naive,
          rows: version.split,
          durationMs: version.durationMs,
          ...(version.warnings ? { warnings: version.warnings } : {}),
          ...(version.heldBack ? { heldBack: version.heldBack } : {}),
        },
      }
    },
  }
}
