import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Examples, examplesSchema, type Manifest } from '../../shared/bundle/manifest.ts'
import { versionFiles } from '../../shared/catalog/version.ts'
import { decodeJson } from '../../shared/decode.ts'
import { type Baseline, baselineSchema } from '../../shared/drift/baseline.ts'
import { Failure } from '../../shared/failure.ts'
import { type Pipeline, pipelineSchema } from '../../shared/features/pipeline.ts'
import { openPredictor } from '../../shared/models/open-predictor.ts'
import { modelFormatOf, weightsFileOf } from '../../shared/models/parse-model.ts'
import type { Predictor } from '../../shared/models/predictor.ts'
import { type Signature, signatureSchema } from '../../shared/signature/signature.ts'
import { transformFiles } from '../../shared/transforms/transform-plan.ts'
import type { Transforms } from '../transforms/create-transforms.ts'
import { openTransforms } from '../transforms/open-transforms.ts'
import { assertIntegrity, readManifest } from './integrity.ts'
import { onnxModuleFile } from './load-onnx-runtime.ts'
import { modelEngines } from './model-engines.ts'

/** A bundle's model version, read and ready to score. */
export interface LoadedModel {
  folder: string
  manifest: Manifest
  name: string
  version: number
  signature: Signature
  pipeline: Pipeline
  baseline: Baseline
  examples: Examples
  card: string
  predictor: Predictor
  /** The SQL that requests pass on their way to the pipeline; null where there is none. */
  transforms: Transforms | null
}

/** Of files that are as they were packaged, but not as this server reads them. */
const anew = 'Package the model version anew.'

/**
 * Checks a bundle's files and reads its model.
 *
 * @param checked the files were checked already by this process
 * @throws Failure `integrity` naming every file that is not as it was packaged
 */
export async function loadModel(folder: string, { checked = false } = {}): Promise<LoadedModel> {
  const manifest = await readManifest(folder)
  if (!checked) await assertIntegrity(folder, manifest)
  const listed = new Set(manifest.files.map((file) => file.path))
  const read = async (path: string): Promise<Buffer> => {
    if (!listed.has(path)) {
      throw new Failure(
        'integrity',
        `The manifest of ${manifest.name}-${manifest.version} does not list ${path}, which serving needs.`,
        anew,
      )
    }
    return await readFile(join(folder, path))
  }
  const [features, signatureText, baselineText, examplesText, card, topology] = await Promise.all([
    read(versionFiles.features),
    read(versionFiles.signature),
    read(versionFiles.baseline),
    read(versionFiles.examples),
    read(versionFiles.card),
    read(versionFiles.modelTopology),
  ])
  const pipeline = decodeJson(pipelineSchema, features.toString(), versionFiles.features, anew)
  const signature = decodeJson(signatureSchema, signatureText.toString(), versionFiles.signature, anew)
  const baseline = decodeJson(baselineSchema, baselineText.toString(), versionFiles.baseline, anew)
  const examples = decodeJson(examplesSchema, examplesText.toString(), versionFiles.examples, anew)
  const modelJson = topology.toString()
  const weightsFile = weightsFileOf(modelJson)
  const weights = weightsFile ? await read(weightsFile) : null
  const onnx = modelFormatOf(modelJson) === 'onnx' ? { onnxModule: join(folder, onnxModuleFile) } : {}
  const predictor = await openPredictor({ signature, pipeline, modelJson, weights, ...onnx }, modelEngines)
  const transforms = listed.has(transformFiles.plan)
    ? await openTransforms({ folder, signature, pipeline, read })
    : null
  return {
    folder,
    manifest,
    name: manifest.name,
    version: manifest.version,
    signature,
    pipeline,
    baseline,
    examples,
    card: card.toString(),
    predictor,
    transforms,
  }
}
