/** The tools that read these files judge them where they are installed: kubectl, nginx, systemd-analyze. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hostName, kserveDocument, kubernetesDocuments } from './deploy-documents.ts'
import { type SampleWorkspace, sampleWorkspace } from './testing/sample-workspace.ts'
import { runTool } from './testing/tool.ts'
import { yamlFile } from './yaml.ts'

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
    const documents = JSON.parse(JSON.stringify(kubernetesDocuments(churn)))
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
    expect(container.resources.limits).toEqual({ cpu: '1', memory: '512Mi' })
    expect(container.securityContext).toMatchObject({ runAsNonRoot: true, readOnlyRootFilesystem: true })
  })

  it('is read by kubectl as it was written, with no field that a Deployment does not have', async () => {
    const documents = JSON.parse(JSON.stringify(kubernetesDocuments(churn)))
    const file = await text('kubernetes.yaml')
    expect(file.split('\n---\n')).toHaveLength(documents.length)
    const whole = runTool('kubectl', ['label', '--local', '-f', '-', '-o', 'json', 'read=yes'], file)
    if (whole === null) return
    expect(whole.err).toBe('')
    const read = whole.out.split(/\n(?=\{)/).map((part) => JSON.parse(part))
    for (const document of documents) document.metadata.labels.read = 'yes'
    expect(read).toEqual(documents)

    // `set env` decodes into Kubernetes' own types, which drop a field they do not know and refuse a wrong type.
    const deployment = yamlFile([], kubernetesDocuments(churn).slice(0, 1))
    const typed = runTool(
      'kubectl',
      ['set', 'env', '--local', '-f', '-', '-o', 'json', 'READ=yes'],
      deployment,
    )
    expect(typed?.err).toBe('')
    const found = JSON.parse(typed?.out ?? '')
    const [expected] = JSON.parse(JSON.stringify(kubernetesDocuments(churn)))
    expected.spec.template.spec.containers[0].env.push({ name: 'READ', value: 'yes' })
    expect(found).toMatchObject(expected)
  })
})

describe('the other files of a deployment', () => {
  it('compose.yaml and kserve.yaml are read as written', async () => {
    const [kserve] = JSON.parse(JSON.stringify([kserveDocument(churn)]))
    const [container] = kserve.spec.predictor.containers
    expect(container).toMatchObject({ name: 'kserve-container', image: 'churn:1' })
    const read = runTool('kubectl', [
      'label',
      '--local',
      '-f',
      join(bundle, 'deploy/kserve.yaml'),
      '-o',
      'json',
      'a=b',
    ])
    if (read) expect(JSON.parse(read.out).spec).toEqual(kserve.spec)
    const compose = await text('compose.yaml')
    expect(compose).toContain('  churn:\n    build: "."\n    image: "churn:1"\n')
    expect(compose).toContain('- "127.0.0.1:8080:8080"')
    const parsed = runTool('docker', ['compose', '-f', join(bundle, 'compose.yaml'), 'config', '--quiet'])
    // The client may be there without compose.
    if (parsed && !parsed.err.includes('unknown')) expect([parsed.code, parsed.err]).toEqual([0, ''])
  })

  it('the Dockerfile runs as a user that is not root, on the Node of the verification, without curl', async () => {
    const lines = (await text('Dockerfile')).split('\n')
    expect(lines).toContain(`ARG NODE_VERSION=${process.versions.node}`)
    expect(lines.filter((line) => line.startsWith('FROM'))).toEqual([
      expect.stringMatching(/NODE_VERSION.*-slim$/),
    ])
    expect(lines.filter((line) => line.startsWith('USER'))).toEqual(['USER 1000:1000'])
    expect(lines.join('\n')).not.toMatch(/curl|wget|apt/)
    expect(await text('.dockerignore')).toContain('\nstate\n')
  })

  it('systemd takes the unit', async () => {
    const unit = await text('deploy/churn.service')
    expect(unit).toContain('\nExecStart=/opt/churn-1/serve\n')
    expect(unit).toContain('\nDynamicUser=yes\n')
    const path = join(scratch, 'churn.service')
    await writeFile(path, unit.replace('/opt/churn-1', bundle))
    const answer = runTool('systemd-analyze', ['verify', path])
    if (answer) expect([answer.code, answer.err]).toEqual([0, expect.not.stringContaining('churn.service')])
    await writeFile(path, unit.replace('/opt/churn-1', bundle).replace('ProtectHome', 'ProtectHouse'))
    const wrong = runTool('systemd-analyze', ['verify', path])
    if (wrong) expect(wrong.err).toContain('ProtectHouse')
  })

  it('nginx takes the load balancer', async () => {
    const conf = await text('deploy/nginx.conf')
    expect(conf.match(/server 127\.0\.0\.1:808[123] /g)).toHaveLength(3)
    await mkdir(join(scratch, 'logs'))
    const own = `pid ${join(scratch, 'nginx.pid')}; error_log stderr;`
    const args = ['-t', '-p', scratch, '-g', own, '-c', join(bundle, 'deploy/nginx.conf')]
    const answer = runTool('nginx', args)
    if (answer) expect([answer.code, answer.err]).toEqual([0, expect.stringContaining('test is successful')])
  })
})
