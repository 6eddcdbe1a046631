import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ModelVersion, versionFiles } from '../../shared/catalog/version.ts'
import { decodeJson } from '../../shared/decode.ts'
import { pipelineSchema } from '../../shared/features/pipeline.ts'
import type { ModelParts } from '../../shared/models/open-predictor.ts'
import { modelFormatOf, weightsFileOf } from '../../shared/models/parse-model.ts'
import { findOnnxModule } from '../onnx/find-onnx-module.ts'
import { restoreFolder } from './restore-folder.ts'

/**
 * The model of a version from the files in its folder, with the place of the runtime that it needs.
 *
 * @throws Failure `unreachable` for an ONNX model whose runtime is not here and cannot be fetched
 */
export async function readModelParts(
  record: ModelVersion,
  folder: string,
  findModule = findOnnxModule,
): Promise<ModelParts> {
  const text = (file: string) => readFile(join(folder, file), 'utf8')
  const pipeline = decodeJson(
    pipelineSchema,
    await text(versionFiles.features),
    versionFiles.features,
    restoreFolder(folder),
  )
  const modelJson = await text(versionFiles.modelTopology)
  const weightsFile = weightsFileOf(modelJson)
  const weights = weightsFile ? new Uint8Array(await readFile(join(folder, weightsFile))) : null
  const onnxModule = modelFormatOf(modelJson) === 'onnx' ? await findModule() : null
  return {
    signature: record.signature,
    pipeline,
    modelJson,
    weights,
    ...(onnxModule === null ? {} : { onnxModule }),
  }
}
