/** Prometheus takes almost any page; its own linter, and dashboards, are more particular. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lintMetrics } from '../testing/metrics-lint.ts'
import { runTool } from '../testing/run-tool.ts'
import { post, serversUnderTest } from '../testing/servers-under-test.ts'
import { writeBundle } from '../testing/write-bundle.ts'

const { bundles, start } = serversUnderTest()
let other: string
beforeAll(async () => {
  other = (await writeBundle('binary', { version: 4, seed: 99 })).folder
})
afterAll(() => rm(other, { recursive: true, force: true }))

/** The metrics of a server that has answered, refused and shadowed, whose name for itself needs escaping. */
async function page(): Promise<string> {
  const canary = { folder: other, fraction: 0.5 }
  const url = await start('binary', { shadow: other, canary, instance: 'a "quoted\\ one' })
  const { rows } = bundles.binary.sample
  for (let i = 0; i < 8; i++) await post(`${url}/predict`, rows, { 'x-request-id': `customer-${i}` })
  await post(`${url}/invocations`, { instances: rows })
  await post(`${url}/predict`, [{ tenure: 'long' }])
  const read = async () => (await fetch(`${url}/metrics`)).text()
  await expect.poll(read).toMatch(/^slipway_shadow_rows_total\S* [1-9]/m)
  return read()
}

describe('/metrics', () => {
  it('has every family that a server writes, and nothing that the rules of Prometheus object to', async () => {
    const text = await page()
    const families = [...text.matchAll(/^# TYPE slipway_(\S+)/gm)].map(([, name]) => name)
    expect(families.toSorted()).toEqual([
      'bandwidth_utilization_ratio',
      'batch_rows',
      'cpu_utilization_ratio',
      'inflight_requests',
      'memory_utilization_ratio',
      'network_bytes_total',
      'predict_latency_seconds',
      'predict_requests_total',
      'predict_responses_total',
      'queue_seconds',
      'queued_rows',
      'rows_total',
      'shadow_difference_total',
      'shadow_disagreements_total',
      'shadow_dropped_total',
      'shadow_rows_total',
      'thread_batch_rows',
      'version_latency_seconds',
      'version_responses_total',
      'version_rows_total',
      'workers',
    ])
    expect(text).toMatch(/^# TYPE process_cpu_seconds_total counter$/m)
    expect(text).toMatch(/^# TYPE nodejs_/m)
    expect(lintMetrics(text)).toEqual([])
  })

  it('has every family of ours in the documentation', async () => {
    const guide = await readFile(join(import.meta.dirname, '../../docs/serving.md'), 'utf8')
    const named = new Set([...guide.matchAll(/`(slipway_\w+)`/g)].map(([, name]) => name))
    const families = [...(await page()).matchAll(/^# TYPE (slipway_\S+)/gm)].map(([, name]) => name)
    expect(families.toSorted()).toEqual([...named].toSorted())
  })

  it('leaves promtool silent', async (test) => {
    expect(runTool(test, 'promtool', ['check', 'metrics'], await page())).toEqual({
      code: 0,
      out: '',
      err: '',
    })
  })
})
