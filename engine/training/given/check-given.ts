import { canonicalJson } from '../../../shared/drift/layout-hash.ts'
import { Failure } from '../../../shared/failure.ts'
import type { Signature } from '../../../shared/signature/signature.ts'
import type { Prepared } from '../prepare-data.ts'
import { sha256 } from '../read-provenance.ts'
import type { GivenModel } from '../training.ts'

/** Stands for a pipeline and the data it was fitted on. */
export function fingerprintOf({ pipeline, signature, data, split }: Prepared): string {
  return sha256(JSON.stringify([pipeline, signature, data.contentHash, split]))
}

/** @throws Failure where the relation no longer gives the features that the model was trained on */
export function checkSameFeatures(prepared: Prepared, given: GivenModel): void {
  if (fingerprintOf(prepared) === given.fingerprint) return
  const { relation } = prepared.data
  throw new Failure(
    'invalid-input',
    `The relation "${relation}" is not what it was when the features were fitted: the model was trained on other inputs.`,
    'Run the cell that fits the features again, then train and register.',
  )
}

function withoutConstraints(signature: Signature): string {
  const inputs = signature.inputs.map(({ constraints: _, ...column }) => column)
  return canonicalJson(JSON.parse(JSON.stringify({ ...signature, inputs })))
}

/**
 * The signature of a version: the features' own, with the constraints that were added to its columns.
 *
 * @throws Failure where anything else was changed, which the features would not follow
 */
export function signatureWith(own: Signature, given: Signature | undefined): Signature {
  if (!given) return own
  if (withoutConstraints(own) === withoutConstraints(given)) return given
  const names = (of: Signature) => of.inputs.map(({ name }) => name).join(', ')
  throw new Failure(
    'invalid-input',
    `The signature given (${given.task} "${given.target.name}" from ${names(given)}) is not the features' own (${own.task} "${own.target.name}" from ${names(own)}); only constraints may differ.`,
    'Take features.signature and add constraints to its columns; anything else is set where the features are fitted.',
    'signature',
  )
}
