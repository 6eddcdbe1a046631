import type { ModelVersion } from '../catalog/version.ts'
import { canonicalJson } from '../drift/layout-hash.ts'
import { type Component, componentId } from './components.ts'
import type { Manifest } from './manifest.ts'

/** An SPDX id, an SPDX expression or words: CycloneDX keeps the three apart. */
function licenseChoice(license: string) {
  if (/ (OR|AND|WITH) /.test(license)) return { expression: license }
  const isId = /^[A-Za-z0-9][A-Za-z0-9.+-]*$/.test(license) && license !== 'UNLICENSED'
  return { license: isId ? { id: license } : { name: license } }
}

/** `pkg:npm/%40scope/name@version`, as the package-url specification writes it. */
function npmUrl({ name, version }: Component): string {
  const path = name.split('/').map(encodeURIComponent).join('/')
  return `pkg:npm/${path}@${encodeURIComponent(version)}`
}

function libraryOf(component: Component, type: 'application' | 'library') {
  return {
    type,
    'bom-ref': componentId(component),
    name: component.name,
    version: component.version,
    ...(component.description === '' ? {} : { description: component.description }),
    licenses: [licenseChoice(component.license)],
    // Only what comes from the registry has an address there.
    ...(type === 'library' ? { purl: npmUrl(component) } : {}),
  }
}

function modelComponent(record: ModelVersion, ref: string, files: Manifest['files']) {
  const { name, version, task, signature, metrics, provenance, spec } = record
  const parts = files.filter((file) => file.path.startsWith('model/'))
  // Weights lie beside their topology; boosted trees are one JSON file.
  const weights = parts.find((file) => !file.path.endsWith('.json')) ?? parts[0]
  return {
    type: 'machine-learning-model',
    'bom-ref': ref,
    name: `${name} model`,
    version: String(version),
    ...(weights ? { hashes: [{ alg: 'SHA-256', content: weights.sha256 }] } : {}),
    modelCard: {
      modelParameters: {
        approach: { type: 'supervised' },
        task,
        ...(spec.model ? { architectureFamily: spec.model.kind } : {}),
        datasets: [
          {
            type: 'dataset',
            name: provenance.data.relation,
            description: `${provenance.data.rows} rows, content hash ${provenance.data.contentHash}`,
          },
        ],
        inputs: signature.inputs.map((column) => ({ format: `${column.name}: ${column.type}` })),
        outputs: [{ format: `${signature.target.name}: ${signature.target.classes ? 'class' : 'number'}` }],
      },
      quantitativeAnalysis: {
        performanceMetrics: Object.entries(metrics).flatMap(([type, value]) =>
          typeof value === 'number' ? [{ type, value: String(value), slice: 'test split' }] : [],
        ),
      },
    },
  }
}

/** A UUID (RFC 9562, version 8) of a digest, so that equal contents have equal serial numbers. */
function uuidOf(hex: string): string {
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 3) | 8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

export interface SbomParts {
  record: ModelVersion
  /** What is inside `server.mjs`; the first is the serving runtime itself. */
  components: readonly Component[]
  /** The packages that `runtime/` is made of, its Node first; empty where the bundle carries none. */
  runtime?: readonly Component[]
  /** The version of Node that the predictions were verified on. */
  node: string
  slipway: string
  /** The bundle's other files so far, for the model's digest. */
  files: Manifest['files']
  /** Hex digest of UTF-8 text, from the platform. */
  sha256: (text: string) => string
}

/** The software bill of materials of a bundle, in CycloneDX 1.6. Equal parts give an equal document. */
export function sbomDocument(parts: SbomParts) {
  const { record, components, runtime = [], node, slipway, files, sha256 } = parts
  const [server, ...libraries] = components
  if (!server) throw new Error('The serving runtime is not among the components.')
  const bundleRef = `bundle:${record.name}@${record.version}`
  const modelRef = `model:${record.name}@${record.version}`
  const nodeRef = `node@${node}`
  const body = {
    version: 1,
    metadata: {
      timestamp: record.created,
      tools: { components: [{ type: 'application', name: 'slipway', version: slipway }] },
      component: {
        type: 'application',
        'bom-ref': bundleRef,
        name: record.name,
        version: String(record.version),
        description: `Model bundle: predicts ${record.signature.target.name}`,
      },
    },
    components: [
      modelComponent(record, modelRef, files),
      libraryOf(server, 'application'),
      ...[...libraries, ...runtime].map((library) => libraryOf(library, 'library')),
      {
        type: 'platform',
        'bom-ref': nodeRef,
        name: 'node',
        version: node,
        description:
          runtime.length === 0
            ? 'The runtime that the predictions were verified on; not inside this bundle.'
            : 'The runtime of this bundle, in runtime/.',
        cpe: `cpe:2.3:a:nodejs:node.js:${node}:*:*:*:*:*:*:*`,
        licenses: [{ license: { id: 'MIT' } }],
      },
    ],
    dependencies: [
      { ref: bundleRef, dependsOn: [modelRef, componentId(server)] },
      { ref: modelRef, dependsOn: [] },
      { ref: componentId(server), dependsOn: [nodeRef, ...server.dependsOn] },
      ...libraries.map((library) => ({ ref: componentId(library), dependsOn: library.dependsOn })),
      ...runtime.map((library) => ({ ref: componentId(library), dependsOn: library.dependsOn })),
      { ref: nodeRef, dependsOn: runtime.map(componentId) },
    ],
  }
  const serialNumber = `urn:uuid:${uuidOf(sha256(canonicalJson(body)))}`
  return { bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber, ...body }
}
