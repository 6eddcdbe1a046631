/**
 * The files in a bundle are those that deploy-schemas.test.ts and dockerfile.test.ts hold against their schemas. The tools
 * that read them judge them too, where they are installed: kubectl, docker compose, systemd-analyze, nginx.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { DockerfileParser } from 'dockerfile-ast'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { needPart, runTool } from '../../../serving/testing/run-tool.ts'
import { type SampleWorkspace, sampleWorkspace } from '../testing/sample-workspace.ts'
import { composeDocument, hostName, kserveDocument, kubernetesDocuments } from './deploy-documents.ts'
import { type Yaml, yamlFile } from './yaml.ts'

let workspace: SampleWorkspace
let bundle: string
let scratch: string

beforeAll(async () => {
  workspace = await sampleWorkspace()
  bundle = (await workspace.bundles.package({ name: 'churn', version: 1 }, {}, () => {})).path
  scratch = await mkdtemp(join(os.tmpdir(), 'slipway-deploy-'))
})
afterAll(async () => {
  await workspace.remove()
  await rm(scratch, { recursive: true, force: true })
})

const text = (path: string) => readFile(join(bundle, path), 'utf8')
const churn = { name: 'churn', version: 1 }
/** As JSON has them: without members that are `undefined`. */
const plain = (documents: readonly Yaml[]) => JSON.parse(JSON.stringify(documents))

describe('names of hosts, images and resources', () => {
  it('are lower-case letters, digits and hyphens that begin and end with a letter or digit', () => {
    expect(['churn', 'Churn_Model-', 'a__B', `x${'y'.repeat(63)}`].map(hostName)).toEqual([
      'churn',
      'churn-model',
      'a-b',
      `x${'y'.repeat(39)}`,
    ])
  })
})

describe('kubernetes.yaml', () => {
  it('has the five resources, whose selectors and targets meet', async () => {
    const documents = plain(kubernetesDocuments(churn))
    expect(documents.map(({ kind }: { kind: string }) => kind)).toEqual([
      'Deployment',
      'Service',
      'HorizontalPodAutoscaler',
      'PodDisruptionBudget',
      'ServiceMonitor',
    ])
    const [deployment, service, scaler, budget, monitor] = documents
    const { metadata, spec } = deployment.spec.template
    const [container] = spec.containers
    expect(metadata.labels).toMatchObject(deployment.spec.selector.matchLabels)
    expect(metadata.labels).toMatchObject(service.spec.selector)
    expect(metadata.labels).toMatchObject(budget.spec.selector.matchLabels)
    expect(service.metadata.labels).toMatchObject(monitor.spec.selector.matchLabels)
    expect(service.spec.ports[0]).toMatchObject({ name: monitor.spec.endpoints[0].port, targetPort: 'http' })
    expect(container.ports).toEqual([{ name: 'http', containerPort: 8080 }])
    expect(scaler.spec.scaleTargetRef).toMatchObject({ kind: 'Deployment', name: deployment.metadata.name })
    expect(Object.keys(container)).toEqual(
      expect.arrayContaining(['startupProbe', 'readinessProbe', 'livenessProbe', 'resources']),
    )
    const key = container.env.find(({ name }: { name: string }) => name === 'SLIPWAY_ID_KEY')
    expect(key.valueFrom.secretKeyRef).toEqual({ name: 'churn-id-key', key: 'key' })
    expect(await text('kubernetes.yaml')).toContain(
      'kubectl create secret generic churn-id-key --from-literal=key=',
    )
    expect(container.resources.limits).toEqual({ cpu: '1', memory: '512Mi' })
    expect(container.securityContext).toMatchObject({ runAsNonRoot: true, readOnlyRootFilesystem: true })
  })

  it('is those resources, in a bundle for any platform', async () => {
    const file = parseAllDocuments(await text('kubernetes.yaml')).map((document) => document.toJS())
    expect(file).toEqual(plain(kubernetesDocuments(churn)))
  })

  it('is read by kubectl as it was written', async (test) => {
    const documents = plain(kubernetesDocuments(churn))
    const file = await text('kubernetes.yaml')
    const whole = runTool(test, 'kubectl', ['label', '--local', '-f', '-', '-o', 'json', 'read=yes'], file)
    expect(whole.err).toBe('')
    const read = whole.out.split(/\n(?=\{)/).map((part) => JSON.parse(part))
    for (const document of documents) document.metadata.labels.read = 'yes'
    expect(read).toEqual(documents)
  })

  it('has no field that kubectl does not know in a Deployment', (test) => {
    // `set env` decodes into Kubernetes' own types, which drop a field they do not know and refuse a wrong type.
    const deployment = yamlFile([], kubernetesDocuments(churn).slice(0, 1))
    const command = ['set', 'env', '--local', '-f', '-', '-o', 'json', 'READ=yes']
    const typed = runTool(test, 'kubectl', command, deployment)
    expect(typed.err).toBe('')
    const [expected] = plain(kubernetesDocuments(churn))
    expected.spec.template.spec.containers[0].env.push({ name: 'READ', value: 'yes' })
    expect(JSON.parse(typed.out)).toMatchObject(expected)
  })
})

describe('the other files of a deployment', () => {
  it('compose.yaml and kserve.yaml are the documents that were made', async () => {
    const [kserve] = plain([kserveDocument(churn)])
    expect(kserve.spec.predictor.containers).toMatchObject([{ name: 'kserve-container', image: 'churn:1' }])
    expect(parse(await text('deploy/kserve.yaml'))).toEqual(kserve)
    const compose = parse(await text('compose.yaml'))
    expect(compose).toEqual(plain([composeDocument(churn)])[0])
    expect(compose.services.churn).toMatchObject({
      build: '.',
      image: 'churn:1',
      ports: ['127.0.0.1:8080:8080'],
    })
  })

  it('kserve.yaml is read by kubectl as it was written', (test) => {
    const file = join(bundle, 'deploy/kserve.yaml')
    const read = runTool(test, 'kubectl', ['label', '--local', '-f', file, '-o', 'json', 'a=b'])
    expect(JSON.parse(read.out).spec).toEqual(plain([kserveDocument(churn)])[0].spec)
  })

  it('docker compose takes compose.yaml', (test) => {
    needPart(test, 'compose', 'docker', ['compose', 'version'])
    const file = join(bundle, 'compose.yaml')
    const { code, err } = runTool(test, 'docker', ['compose', '-f', file, 'config', '--quiet'])
    expect([code, err]).toEqual([0, ''])
  })

  it('the Dockerfile takes the Node of the verification, and state stays out of the image', async () => {
    const [node] = DockerfileParser.parse(await text('Dockerfile')).getARGs()
    expect(node?.getArgumentsContent()).toBe(`NODE_VERSION=${process.versions.node}`)
    expect(await text('.dockerignore')).toContain('\nstate\n')
  })

  it('the unit starts the bundle as a user of its own', async () => {
    const unit = await text('deploy/churn.service')
    expect(unit).toContain('\nExecStart=/opt/churn-1/serve\n')
    expect(unit).toContain('\nDynamicUser=yes\n')
  })

  it('systemd takes the unit', async (test) => {
    const unit = (await text('deploy/churn.service')).replace('/opt/churn-1', bundle)
    const path = join(scratch, 'churn.service')
    await writeFile(path, unit)
    const answer = runTool(test, 'systemd-analyze', ['verify', path])
    expect([answer.code, answer.err]).toEqual([0, expect.not.stringContaining('churn.service')])
    await writeFile(path, unit.replace('ProtectHome', 'ProtectHouse'))
    expect(runTool(test, 'systemd-analyze', ['verify', path]).err).toContain('ProtectHouse')
  })

  it('the load balancer is in front of three replicas', async () => {
    const conf = await text('deploy/nginx.conf')
    expect(conf).toContain('export SLIPWAY_ID_KEY=')
    // A client that names its request finds it under that name.
    expect(conf).toContain('default $http_x_request_id;')
    expect(conf).not.toContain('X-Request-Id $request_id')
    expect(conf.match(/server 127\.0\.0\.1:808[123] /g)).toHaveLength(3)
  })

  it('nginx takes the load balancer', async (test) => {
    await mkdir(join(scratch, 'logs'))
    const own = `pid ${join(scratch, 'nginx.pid')}; error_log stderr;`
    const check = (file: string) => runTool(test, 'nginx', ['-t', '-p', scratch, '-g', own, '-c', file])
    const answer = check(join(bundle, 'deploy/nginx.conf'))
    expect([answer.code, answer.err]).toEqual([0, expect.stringContaining('test is successful')])
    const wrong = join(scratch, 'nginx.conf')
    await writeFile(wrong, (await text('deploy/nginx.conf')).replace('proxy_pass', 'proxy_past'))
    expect(check(wrong)).toMatchObject({ code: 1, err: expect.stringContaining('proxy_past') })
  })
})
