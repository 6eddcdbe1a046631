import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ModelVersion, versionFiles } from '../../shared/catalog/version.ts'
import type { VersionRef } from '../../shared/contract/models.ts'
import { decodeJson } from '../../shared/decode.ts'
import { type EvaluationFile, evaluationFileSchema } from '../../shared/evaluation/evaluation-file.ts'
import { Failure } from '../../shared/failure.ts'
import type { ModelParts } from '../../shared/models/open-predictor.ts'
import { modelFormatOf } from '../../shared/models/parse-model.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { readModelParts } from '../catalog/read-model-parts.ts'
import { restoreFolder } from '../catalog/restore-folder.ts'
import type { HeldOutSource } from './read-held-out.ts'

/** A version with what it keeps for its evaluation. */
export interface EvaluatedVersion {
  ref: VersionRef
  record: ModelVersion
  file: EvaluationFile
  source: HeldOutSource
  /** The model ready to be sent to a thread. */
  model(): Promise<ModelParts>
  /** Boosted trees. */
  trees(): Promise<boolean>
}

/** @throws Failure `not-found` for a version that keeps no held-out rows */
export async function readVersion(catalog: Catalog, ref: VersionRef): Promise<EvaluatedVersion> {
  const { record } = await catalog.get(ref.name, ref.version)
  const folder = catalog.folder(ref.name, ref.version)
  if (!record.files.some((file) => file.path === versionFiles.evaluation)) {
    throw new Failure(
      'not-found',
      `${ref.name} version ${ref.version} keeps no held-out rows, so there is nothing to evaluate it on.`,
      'Train it in a train cell, or import it with data and the column of its answers: such versions keep theirs.',
    )
  }
  const what = `the evaluation of ${ref.name} version ${ref.version}`
  const text = (name: string) => readFile(join(folder, name), 'utf8')
  const file = decodeJson(
    evaluationFileSchema,
    await text(versionFiles.evaluation),
    what,
    restoreFolder(folder),
  )
  return {
    ref,
    record,
    file,
    source: { path: join(folder, versionFiles.heldOut), rows: file.heldOut.rows },
    trees: async () => modelFormatOf(await text(versionFiles.modelTopology)) === 'xgboost',
    model: () => readModelParts(record, folder),
  }
}
