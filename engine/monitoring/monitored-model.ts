import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { manifestSchema } from '../../shared/bundle/manifest.ts'
import { versionFiles } from '../../shared/catalog/version.ts'
import { decodeJson } from '../../shared/decode.ts'
import { baselineSchema } from '../../shared/drift/baseline.ts'
import { type MonitoredModel, monitoredModelSchema } from '../../shared/drift/log-entry.ts'
import { signatureSchema } from '../../shared/signature/signature.ts'
import type { Endpoint } from './endpoint.ts'

/** Reads what counts are compared with from a bundle's folder. */
export async function modelOfBundle(folder: string): Promise<MonitoredModel> {
  const read = (name: string) => readFile(join(folder, name), 'utf8')
  const [manifest, signature, baseline] = await Promise.all([
    read('manifest.json'),
    read(versionFiles.signature),
    read(versionFiles.baseline),
  ])
  const { name, version } = decodeJson(manifestSchema, manifest, `manifest.json of ${folder}`)
  return {
    model: { name, version },
    signature: decodeJson(signatureSchema, signature, `${versionFiles.signature} of ${folder}`),
    baseline: decodeJson(baselineSchema, baseline, `${versionFiles.baseline} of ${folder}`),
  }
}

/** Asks the endpoint itself, for one whose bundle is not on this machine. */
export async function modelOfEndpoint(endpoint: Endpoint): Promise<MonitoredModel> {
  const text = await endpoint.text('/monitoring/baseline')
  return decodeJson(monitoredModelSchema, text, `${endpoint.url}/monitoring/baseline`)
}

/** The bundle's folder when it can be read, since that also works while the deployment is inactive; else the endpoint. */
export async function findModel(endpoint: Endpoint, bundle: string | null): Promise<MonitoredModel> {
  if (bundle !== null) {
    try {
      return await modelOfBundle(bundle)
    } catch {
      // Moved, an archive, or of another format: the process that runs it has its own copy.
    }
  }
  return await modelOfEndpoint(endpoint)
}
