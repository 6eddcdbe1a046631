import type { Yaml } from './yaml.ts'

export interface Deployed {
  /** As DNS and container registries allow it: lower-case letters, digits and hyphens. */
  name: string
  version: number
  /** The processors that its own Node runs on; any when it carries none. */
  arch?: 'amd64' | 'arm64'
}

/** A model's name as the name of a host, an image or a resource (RFC 1123, room left for suffixes). */
export function hostName(name: string): string {
  const lower = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  return lower.slice(0, 40).replace(/-+$/, '')
}

const imageOf = ({ name, version }: Deployed) => `${name}:${version}`
const port = 8080
/** Requests in flight have 30 s to end. */
const graceSeconds = 40

const labelsOf = ({ name }: Deployed) => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/managed-by': 'slipway',
})
const selectorOf = ({ name }: Deployed) => ({ 'app.kubernetes.io/name': name })

const resources = {
  requests: { cpu: '100m', memory: '160Mi' },
  limits: { cpu: '1', memory: '512Mi' },
} as const

/** The token is asked for when there is a secret of this name. */
const tokenOf = ({ name }: Deployed): Yaml => ({
  name: 'SLIPWAY_TOKEN',
  valueFrom: { secretKeyRef: { name: `${name}-token`, key: 'token', optional: true } },
})

/**
 * What lets replicas take feedback to one another's predictions. Without the secret they do not start: most feedback
 * would be refused, and nobody would be told.
 */
const idKeyOf = ({ name }: Deployed): Yaml => ({
  name: 'SLIPWAY_ID_KEY',
  valueFrom: { secretKeyRef: { name: `${name}-id-key`, key: 'key' } },
})

/** Kubernetes puts it on nodes of its processors only. */
const placement = ({ arch }: Deployed) =>
  arch === undefined ? {} : { nodeSelector: { 'kubernetes.io/arch': arch, 'kubernetes.io/os': 'linux' } }

const containerSecurity = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: 1000,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
} as const

const probe = (path: string, seconds: number, failures: number): Yaml => ({
  httpGet: { path, port: 'http' },
  periodSeconds: seconds,
  timeoutSeconds: 2,
  failureThreshold: failures,
})

export function composeDocument(model: Deployed): Yaml {
  return {
    name: model.name,
    services: {
      [model.name]: {
        build: '.',
        image: imageOf(model),
        ...(model.arch === undefined ? {} : { platform: `linux/${model.arch}` }),
        ports: [`127.0.0.1:${port}:${port}`],
        // Passed on when they are set where compose runs.
        environment: ['SLIPWAY_TOKEN', 'SLIPWAY_ID_KEY'],
        volumes: ['state:/state'],
        read_only: true,
        tmpfs: ['/tmp'],
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        restart: 'unless-stopped',
        stop_grace_period: `${graceSeconds}s`,
        deploy: { resources: { limits: { cpus: '1', memory: '512M' } } },
      },
    },
    volumes: { state: {} },
  }
}

function deployment(model: Deployed): Yaml {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: model.name, labels: labelsOf(model) },
    spec: {
      replicas: 2,
      selector: { matchLabels: selectorOf(model) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: {
          labels: { ...labelsOf(model), 'app.kubernetes.io/version': String(model.version) },
        },
        spec: {
          automountServiceAccountToken: false,
          ...placement(model),
          terminationGracePeriodSeconds: graceSeconds,
          securityContext: { fsGroup: 1000 },
          containers: [
            {
              name: 'model',
              image: imageOf(model),
              ports: [{ name: 'http', containerPort: port }],
              env: [
                // Names the replica in windows and metrics.
                { name: 'SLIPWAY_INSTANCE', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
                tokenOf(model),
                idKeyOf(model),
              ],
              resources,
              startupProbe: probe('/health/ready', 1, 30),
              readinessProbe: probe('/health/ready', 5, 2),
              livenessProbe: probe('/health/live', 10, 3),
              // Endpoints forget the pod before it stops taking requests.
              lifecycle: { preStop: { exec: { command: ['sleep', '5'] } } },
              securityContext: containerSecurity,
              volumeMounts: [{ name: 'state', mountPath: '/state' }],
            },
          ],
          volumes: [{ name: 'state', emptyDir: { sizeLimit: '2Gi' } }],
        },
      },
    },
  }
}

/** Deployment, Service, HorizontalPodAutoscaler, PodDisruptionBudget and ServiceMonitor. */
export function kubernetesDocuments(model: Deployed): Yaml[] {
  const metadata = { name: model.name, labels: labelsOf(model) }
  const selector = selectorOf(model)
  return [
    deployment(model),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    },
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: model.name },
        minReplicas: 2,
        maxReplicas: 10,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
          },
        ],
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { minAvailable: 1, selector: { matchLabels: selector } },
    },
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'ServiceMonitor',
      metadata,
      spec: {
        selector: { matchLabels: selector },
        endpoints: [{ port: 'http', path: '/metrics', interval: '15s' }],
      },
    },
  ]
}

/** KServe sends Open Inference Protocol and its own health checks to the port named here. */
export function kserveDocument(model: Deployed): Yaml {
  return {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { name: model.name, labels: labelsOf(model) },
    spec: {
      predictor: {
        minReplicas: 1,
        maxReplicas: 10,
        ...placement(model),
        containers: [
          {
            name: 'kserve-container',
            image: imageOf(model),
            ports: [{ containerPort: port, protocol: 'TCP' }],
            env: [tokenOf(model), idKeyOf(model)],
            resources,
            readinessProbe: { httpGet: { path: '/v2/health/ready', port }, periodSeconds: 5 },
            livenessProbe: { httpGet: { path: '/v2/health/live', port }, periodSeconds: 10 },
            securityContext: containerSecurity,
            volumeMounts: [{ name: 'state', mountPath: '/state' }],
          },
        ],
        volumes: [{ name: 'state', emptyDir: { sizeLimit: '2Gi' } }],
      },
    },
  }
}
