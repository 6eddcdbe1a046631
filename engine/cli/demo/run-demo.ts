import { join } from 'node:path'
import { z } from 'zod'
import { decode } from '../../../shared/decode.ts'
import { Failure } from '../../../shared/failure.ts'
import type { OpenWorkspace } from '../../open-workspace.ts'
import type { Terminal } from '../command.ts'
import { followRun } from '../follow-run.ts'
import { withProgress } from '../progress.ts'
import { table } from '../table.ts'
import { type DemoCustomer, demoCustomers, drifted } from './traffic.ts'

const requests = 600
const parallel = 8

/** The demo is over in seconds: windows of a minute would show it as a single point. */
const settings = { SLIPWAY_WINDOW_SECONDS: '2' }

const answerSchema = z.looseObject({ ids: z.array(z.string()).min(1) })

async function post(endpoint: string, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${endpoint}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) {
    throw new Failure(
      'failed',
      `${path} answered ${response.status}: ${(await response.text()).slice(0, 500)}`,
      'Look at the log of the deployment.',
    )
  }
  return response.json()
}

/** One request a customer, a few at a time; answers the prediction ids in the order of the customers. */
async function sendAll(
  endpoint: string,
  customers: readonly DemoCustomer[],
  onSent: (count: number) => void,
): Promise<string[]> {
  const ids: string[] = new Array(customers.length).fill('')
  let next = 0
  let sent = 0
  async function sender(): Promise<void> {
    for (;;) {
      const index = next++
      const customer = customers[index]
      if (!customer) return
      const answer = await post(endpoint, '/predict', { data: [customer.row] })
      ids[index] = decode(answerSchema, answer, 'the answer of /predict').ids[0] ?? ''
      sent += 1
      onSent(sent)
    }
  }
  await Promise.all(Array.from({ length: parallel }, sender))
  return ids
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`
}

/** The main job, step by step: notebook → model → bundle → deployment → monitoring. */
export async function runDemo(opened: OpenWorkspace, terminal: Terminal): Promise<void> {
  const model = await withProgress(terminal, 'Run the notebook and train', async (line) => {
    const result = await opened.notebooks.runNotebook(
      'churn.ipynb',
      {},
      followRun({ onProgress: (fraction, note) => line.update(fraction, note) }),
    )
    const failed = result.cells.find((cell) => cell.status === 'failed')
    if (failed)
      throw new Failure(
        'failed',
        `Cell ${failed.name || failed.id}: ${failed.error ?? 'failed'}`,
        'Open the notebook and correct it.',
      )
    const trained = result.models[0]
    if (!trained) throw new Failure('failed', 'The notebook registered no model.', 'Run its train cell.')
    const { auc = 0, accuracy = 0 } = trained.metrics
    return {
      value: trained,
      result: `${result.cells.length} cells; ${trained.name}:${trained.version}, AUC ${auc.toFixed(3)}, accuracy ${(100 * accuracy).toFixed(1)} %`,
    }
  })

  const bundle = await withProgress(terminal, 'Package and verify', async (line) => {
    const report = await opened.bundles.package(
      { name: model.name, version: model.version },
      { out: join(opened.workspace.folders.bundles, `${model.name}-${model.version}`) },
      (event) => {
        if (event.type !== 'done') line.update(event.fraction, event.type === 'step' ? event.title : '')
      },
    )
    if (!report.ok) {
      const failed = report.checks.filter((check) => check.status === 'failed')
      throw new Failure(
        'failed',
        `The bundle failed ${failed.map((check) => `${check.name}: ${check.detail}`).join('; ')}.`,
        'See the report.',
      )
    }
    return { value: report.path, result: `${report.checks.length} checks passed, ${megabytes(report.bytes)}` }
  })

  const deployment = await withProgress(terminal, 'Deploy', async () => {
    const value = await opened.deployments.deploy({ bundle, name: model.name, settings })
    return { value, result: value.endpoint }
  })

  const customers = await demoCustomers(opened.database, requests)
  const half = Math.floor(customers.length / 2)
  const traffic = customers.map((customer, index) => (index < half ? customer : drifted(customer)))
  const ids = await withProgress(terminal, `Send ${traffic.length} requests`, async (line) => {
    const began = performance.now()
    const value = await sendAll(deployment.endpoint, traffic, (count) => line.update(count / traffic.length))
    const perSecond = traffic.length / ((performance.now() - began) / 1000)
    return { value, result: `${perSecond.toFixed(0)} requests/s, the second half drifted` }
  })

  await withProgress(terminal, 'Send what really happened', async () => {
    const feedback = traffic.map((customer, index) => ({ id: ids[index] ?? '', actual: customer.actual }))
    const answer = await post(deployment.endpoint, '/feedback', { feedback })
    const { accepted } = decode(z.looseObject({ accepted: z.number() }), answer, 'the answer of /feedback')
    return { value: accepted, result: `${accepted} outcomes stored` }
  })

  const state = await withProgress(terminal, 'Pull the monitoring windows', async () => {
    const value = await (await opened.monitoring()).state(model.name, 60)
    const { totals } = value
    const p99 = totals.p99 === null ? '–' : `${(totals.p99 * 1000).toFixed(1)} ms`
    return { value, result: `${totals.requests} requests, ${totals.errors} errors, p99 ${p99}` }
  })

  const rows = [...state.drift]
    .sort((a, b) => b.psi - a.psi)
    .slice(0, 8)
    .map((entry) => [entry.column, entry.psi.toFixed(3), entry.verdict])
  terminal.log(`\n${table(['drift against training', 'PSI', 'verdict'], rows)}\n`)
  const { n, metrics } = state.realised
  if (n > 0) {
    const shown = Object.entries(metrics).map(([key, value]) => `${key} ${value.toFixed(3)}`)
    terminal.log(`\nRealised on ${n} outcomes: ${shown.join(', ')}\n`)
  }
}
