import { Failure } from '../../../shared/failure.ts'
import type { SavedModel } from '../../training/given/encode-given.ts'

function joined(data: unknown): Uint8Array | null {
  const parts: unknown[] = Array.isArray(data) ? data : [data]
  const buffers = parts.filter((part) => part instanceof ArrayBuffer)
  if (buffers.length < parts.length) return null
  const all = new Uint8Array(buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0))
  let at = 0
  for (const buffer of buffers) {
    all.set(new Uint8Array(buffer), at)
    at += buffer.byteLength
  }
  return all
}

function refuse(message: string): Failure {
  return new Failure(
    'invalid-input',
    message,
    'Register a model made by tf.sequential or tf.model, after training it and before disposing of it.',
  )
}

/** Asks a model of tfjs to save itself. @throws Failure for what is no such model, or is disposed of */
export async function saveModel(model: unknown): Promise<SavedModel> {
  if (typeof model !== 'object' || model === null || !('save' in model) || typeof model.save !== 'function') {
    throw refuse(`catalog.register was given ${model === null ? 'null' : typeof model} for a model.`)
  }
  let saved: unknown = null
  const handler = {
    async save(artifacts: unknown) {
      saved = artifacts
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
    },
  }
  try {
    await model.save(handler)
  } catch (error) {
    throw refuse(`The model cannot be saved: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (typeof saved !== 'object' || saved === null) throw refuse('The model saved nothing.')
  const { format, modelTopology, weightSpecs, weightData } = { ...saved } as Record<string, unknown>
  const bytes = joined(weightData)
  if (!bytes || typeof modelTopology !== 'object' || modelTopology === null || !Array.isArray(weightSpecs)) {
    throw refuse('The model saved no topology or no weights.')
  }
  const weights = weightSpecs.map(({ name, shape, dtype }) => ({ name, shape, dtype }))
  const topology: Record<string, unknown> = { ...modelTopology }
  return { format: String(format ?? 'layers-model'), topology, weights, bytes }
}
