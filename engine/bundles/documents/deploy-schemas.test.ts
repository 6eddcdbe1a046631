/**
 * The files that deploy a bundle, held against the schemas of what reads them: fixtures/deploy-schemas.json says where
 * those come from. A member that Kubernetes or Compose does not know, which their tools often drop in silence, fails here.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { type DeploySchemas, deploySchemas } from '../testing/deploy-schemas.ts'
import { composeDocument, type Deployed, kserveDocument, kubernetesDocuments } from './deploy-documents.ts'
import { type Yaml, yamlFile } from './yaml.ts'

let schemas: DeploySchemas
beforeAll(async () => {
  schemas = await deploySchemas()
})

const models: Deployed[] = [
  { name: 'churn', version: 1 },
  { name: 'churn', version: 12, arch: 'amd64' },
  { name: 'on', version: 3, arch: 'arm64' },
]

/** Documents as a reader of their file has them. Both versions of YAML are in use. */
function asRead(documents: readonly Yaml[], version: '1.1' | '1.2'): unknown[] {
  return parseAllDocuments(yamlFile(['A file.'], documents), { version, strict: true }).map((document) => {
    expect(document.errors).toEqual([])
    return document.toJS()
  })
}

/** A copy with another value at a place, written as keys with points between them. */
function changed(document: Yaml, place: string, value: unknown): unknown {
  const copy = structuredClone(document)
  const keys = place.split('.')
  const last = keys.pop() ?? ''
  const parent = keys.reduce(
    (node, key) => node[key] as Record<string, unknown>,
    copy as Record<string, unknown>,
  )
  parent[last] = value
  return copy
}

describe.each(['1.1', '1.2'] as const)('read as YAML %s', (version) => {
  it('kubernetes.yaml and kserve.yaml are of the schemas of their kinds', () => {
    for (const model of models) {
      const documents = asRead([...kubernetesDocuments(model), kserveDocument(model)], version)
      expect(documents).toHaveLength(6)
      for (const document of documents)
        expect([document, schemas.ofManifest(document)]).toEqual([document, []])
    }
  })

  it('compose.yaml is of the schema of the Compose Specification', () => {
    for (const model of models) {
      const [document] = asRead([composeDocument(model)], version)
      expect(schemas.ofCompose(document)).toEqual([])
    }
  })
})

describe('the schemas', () => {
  const model = { name: 'churn', version: 1 }
  const manifests = [...kubernetesDocuments(model), kserveDocument(model)] as (Yaml & { kind: string })[]

  it('refuse a misspelt member and a value of another type in each kind of object', () => {
    const wrong: Record<string, [member: string, value: unknown][]> = {
      Deployment: [
        ['spec.template.spec.containers.0.readynessProbe', {}],
        ['spec.template.spec.containers.0.readinessProbe.httpGet.paths', '/'],
        ['spec.template.spec.containers.0.resources.limit', {}],
        ['spec.replicas', '2'],
      ],
      Service: [
        ['spec.selectors', {}],
        ['spec.ports.0.port', 'http'],
      ],
      HorizontalPodAutoscaler: [
        ['spec.targetCPUUtilizationPercentage', 70],
        ['spec.maxReplicas', '10'],
        ['spec.metrics.0.resource.target.utilization', 70],
      ],
      PodDisruptionBudget: [
        ['spec.minAvailables', 1],
        ['spec.selector.matchLabels.a', 1],
      ],
      ServiceMonitor: [
        ['spec.endpoint', []],
        ['spec.endpoints.0.interval', '15 seconds'],
        ['spec.endpoints.0.portName', 'http'],
      ],
      InferenceService: [
        ['spec.predictors', {}],
        ['spec.predictor.maximumReplicas', 1],
        ['spec.predictor.minReplicas', '1'],
        ['spec.predictor.containers.0.probe', {}],
      ],
    }
    for (const document of manifests) {
      const { kind } = document
      const changes = wrong[kind] ?? []
      expect(changes).not.toEqual([])
      for (const [place, value] of changes) {
        const found = schemas.ofManifest(changed(document, place, value))
        expect([kind, place, found.length > 0]).toEqual([kind, place, true])
      }
    }
  })

  it('refuse an object without what its kind needs', () => {
    const needed: Readonly<Record<string, string>> = {
      Deployment: 'spec.selector',
      Service: 'spec.ports.0.port',
      HorizontalPodAutoscaler: 'spec.maxReplicas',
      PodDisruptionBudget: 'metadata',
      ServiceMonitor: 'spec.selector',
      InferenceService: 'spec.predictor',
    }
    for (const document of manifests) {
      const place = needed[document.kind] ?? ''
      expect(schemas.ofManifest(changed(document, place, undefined))).toMatchObject([
        { params: { missingProperty: place.split('.').at(-1) } },
      ])
    }
  })

  it('refuse a misspelt member and a value of another type in compose.yaml', () => {
    for (const [place, value] of [
      ['services.churn.healthchek', {}],
      ['services.churn.stop_grace_period', 40],
      ['services.churn.deploy.resources.limits.cpu', '1'],
      ['service', {}],
    ] as const) {
      const found = schemas.ofCompose(changed(composeDocument(model), place, value))
      expect([place, found.length > 0]).toEqual([place, true])
    }
  })
})
