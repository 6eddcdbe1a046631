import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { manifestSchema } from '../../shared/bundle/manifest.ts'
import { versionFiles } from '../../shared/catalog/version.ts'
import { decodeJson } from '../../shared/decode.ts'
import { baselineSchema } from '../../shared/drift/baseline.ts'
import { type MonitoredModel, monitoredModelSchema } from '../../shared/drift/log-entry.ts'
import { Failure } from '../../shared/failure.ts'
import { signatureSchema } from '../../shared/signature/signature.ts'
import type { Endpoint } from './endpoint.ts'

const anew = 'Copy the bundle again, or package the model version anew.'

/** Reads what counts are compared with from a bundle's folder. */
export async function modelOfBundle(folder: string): Promise<MonitoredModel> {
  const read = (name: string) => readFile(join(folder, name), 'utf8')
  const [manifest, signature, baseline] = await Promise.all([
    read('manifest.json'),
    read(versionFiles.signature),
    read(versionFiles.baseline),
  ])
  const { name, version } = decodeJson(manifestSchema, manifest, `manifest.json of ${folder}`, anew)
  return {
    model: { name, version },
    signature: decodeJson(signatureSchema, signature, `${versionFiles.signature} of ${folder}`, anew),
    baseline: decodeJson(baselineSchema, baseline, `${versionFiles.baseline} of ${folder}`, anew),
  }
}

/** A version as a window names it: whose counts they are, and on which bins. */
export interface CountedVersion {
  model: { name: string; version: number }
  layoutHash: string
}

/** Asks the endpoint itself: for its active version, or for one that it has counted windows of. */
export async function modelOfEndpoint(
  endpoint: Endpoint,
  counted: CountedVersion | null,
): Promise<MonitoredModel> {
  const asked = counted
    ? `?${new URLSearchParams({ model: counted.model.name, version: String(counted.model.version), layout: counted.layoutHash })}`
    : ''
  const path = `/monitoring/baseline${asked}`
  return decodeJson(
    monitoredModelSchema,
    await endpoint.text(path),
    endpoint.url + path,
    'Check that a bundle answers at this address, of the Slipway that is running here.',
  )
}

/** Whether the counts of a window are read against this baseline. */
export const standsFor = (found: MonitoredModel, { model, layoutHash }: CountedVersion): boolean =>
  found.model.name === model.name &&
  found.model.version === model.version &&
  found.baseline.layoutHash === layoutHash

/**
 * The bundle's folder when it can be read, since that also works while the deployment is inactive; else the endpoint,
 * which also has the versions that it served beside or before this bundle's.
 *
 * @param counted what the model is wanted for; null for the deployment's own
 * @throws Failure `conflict` for an endpoint that has another baseline than its windows were counted on
 */
export async function findModel(
  endpoint: Endpoint,
  bundle: string | null,
  counted: CountedVersion | null = null,
): Promise<MonitoredModel> {
  if (bundle !== null) {
    try {
      const found = await modelOfBundle(bundle)
      if (counted === null || standsFor(found, counted)) return found
    } catch {
      // Moved, an archive, or of another format: the process that runs it has its own copy.
    }
  }
  const found = await modelOfEndpoint(endpoint, counted)
  if (counted === null || standsFor(found, counted)) return found
  const { model, baseline } = found
  throw new Failure(
    'conflict',
    `${endpoint.url} reports windows of ${counted.model.name} version ${counted.model.version} on the bins ${counted.layoutHash.slice(0, 12)}, but its baseline is of ${model.name} version ${model.version} on ${baseline.layoutHash.slice(0, 12)}.`,
    'Deploy the bundle again, so that both come from one version.',
  )
}
