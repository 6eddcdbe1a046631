import { createHash } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lines, post, serversUnderTest } from '../testing/servers-under-test.ts'
import { writeBundle } from '../testing/write-bundle.ts'
import { shareOf } from './roles.ts'

const { bundles, start, stateFolder, stopLast } = serversUnderTest()
let scratch: string
/** Version 4 of the binary model: the same signature, other weights. */
let next: string
beforeAll(async () => {
  scratch = await mkdtemp(join(os.tmpdir(), 'slipway-versions-'))
  const made = await writeBundle('binary', { version: 4, seed: 99 })
  next = made.folder
})
afterAll(async () => {
  await rm(scratch, { recursive: true, force: true })
  await rm(next, { recursive: true, force: true })
})

const versionOf = async (url: string, id: string) =>
  (await post(`${url}/predict`, [bundles.binary.sample.rows[0]], { 'x-request-id': id })).body.model.version

describe('swapping', () => {
  it('answers with another version from the next request on, without an error under load, and says so', async () => {
    const folder = stateFolder('swapped')
    const url = await start('binary', { stateFolder: folder })
    const { rows } = bundles.binary.sample
    let running = true
    const seen = new Set<number>()
    const load = Array.from({ length: 4 }, async () => {
      while (running) {
        const { status, body } = await post(`${url}/predict`, rows)
        expect(status).toBe(200)
        seen.add(body.model.version)
      }
    })
    await versionOf(url, 'before')
    const swapped = await post(`${url}/admin/model`, { bundle: next })
    expect([swapped.status, swapped.body]).toMatchObject([
      200,
      { active: { name: 'churn', version: 4, folder: next }, shadow: null, canary: null },
    ])
    expect(await versionOf(url, 'after')).toBe(4)
    running = false
    await Promise.all(load)
    expect([...seen].sort()).toEqual([3, 4])
    expect(await (await fetch(`${url}/v2/models/churn`)).json()).toMatchObject({ versions: ['4'] })
    const text = await (await fetch(`${url}/metrics`)).text()
    expect(text).toMatch(/slipway_version_rows_total\{model="churn",version="3",role="retired"\} \d/)
    expect(text).toMatch(/slipway_version_rows_total\{model="churn",version="4",role="active"\} \d/)
    const windows = (await lines(`${url}/monitoring/windows`)) as { model?: { version: number } }[]
    // A minute may have ended in between, which begins another window.
    expect([...new Set(windows.flatMap((window) => window.model?.version ?? []))].sort()).toEqual([3, 4])
    const baselines = async (endpoint: string) => {
      for (const [asked, found] of [
        ['version=3', 3],
        ['version=4', 4],
        ['model=churn&version=3', 3],
        ['', 4],
        ['version=5', null],
        ['version=3&layout=other', null],
        ['model=other&version=3', null],
      ] as const) {
        const answer = await fetch(`${endpoint}/monitoring/baseline?${asked}`)
        const body: { model?: { version: number } } = await answer.json()
        expect([asked, answer.status, body.model?.version ?? null]).toEqual([asked, found ? 200 : 404, found])
      }
      expect((await fetch(`${endpoint}/monitoring/baseline?version=x`)).status).toBe(400)
    }
    await baselines(url)
    await stopLast()
    // The change was answered, so it outlives the process; so do the windows of the version before, and its baseline.
    const again = await start('binary', { stateFolder: folder })
    await baselines(again)
    expect(await versionOf(again, 'again')).toBe(4)
  })

  it('takes over what a path leads to now, where a link was moved or a folder holds another bundle', async () => {
    const url = await start()
    const [linked, rewritten] = [join(scratch, 'current'), join(scratch, 'rewritten')]
    const swap = (bundle: string) => post(`${url}/admin/model`, { bundle })
    await symlink(bundles.binary.folder, linked)
    await swap(linked)
    expect(await versionOf(url, 'linked')).toBe(3)
    await rm(linked)
    await symlink(next, linked)
    // A moved link alone moves nothing, not even with a change of another role.
    await post(`${url}/admin/model`, { shadow: null })
    expect(await versionOf(url, 'moved')).toBe(3)
    expect((await swap(linked)).body).toMatchObject({ active: { version: 4, folder: next } })
    expect(await versionOf(url, 'swapped')).toBe(4)

    await cp(bundles.binary.folder, rewritten, { recursive: true })
    await swap(rewritten)
    await rm(rewritten, { recursive: true })
    await cp(next, rewritten, { recursive: true })
    await post(`${url}/admin/model`, { shadow: null })
    expect(await versionOf(url, 'rewritten')).toBe(3)
    await swap(rewritten)
    expect(await versionOf(url, 'anew')).toBe(4)
    await rm(rewritten, { recursive: true })
    expect((await swap(rewritten)).status).toBe(409)
    expect(await versionOf(url, 'gone')).toBe(4)
  })

  it('refuses changed files and other signatures, naming what differs, and goes on', async () => {
    const url = await start()
    const broken = join(scratch, 'broken')
    await cp(next, broken, { recursive: true })
    const card = await readFile(join(broken, 'card.md'))
    await writeFile(join(broken, 'card.md'), Buffer.concat([card, Buffer.from('.')]))
    const cases: [string, number, string][] = [
      [broken, 409, 'card.md was changed'],
      [bundles.regression.folder, 409, 'its task is regression there and binary here'],
      [join(scratch, 'none'), 409, 'no readable manifest.json'],
    ]
    for (const [bundle, status, message] of cases) {
      const answer = await post(`${url}/admin/model`, { bundle })
      expect([answer.status, answer.body.error.message]).toEqual([status, expect.stringContaining(message)])
    }
    const unknown = await post(`${url}/admin/model`, { bundel: next })
    expect([unknown.status, unknown.body.error.message]).toEqual([
      400,
      'The change of models: unknown key "bundel". Did you mean "bundle"? The keys here are "bundle", "shadow", "canary".',
    ])
    for (const [workers, problem] of [
      [0, 'workers: expected a number of at least 1, found 0. Change "workers" and try again.'],
      ['two', 'workers: expected a number, found "two". Change "workers" and try again.'],
    ]) {
      const refused = await post(`${url}/admin/workers`, { workers })
      expect([refused.status, refused.body.error.message]).toEqual([400, `The change of workers: ${problem}`])
    }
    expect(await versionOf(url, 'still')).toBe(3)
  })

  it('is for administrators: with their token from anywhere, without one from the machine itself', async () => {
    const guarded = await start('binary', { adminToken: 'root', token: 'user' })
    const ask = (authorization: string) => fetch(`${guarded}/admin/model`, { headers: { authorization } })
    expect((await ask('Bearer user')).status).toBe(401)
    expect((await ask('Bearer root')).status).toBe(200)
    const open = await start()
    expect((await fetch(`${open}/admin/model`)).status).toBe(200)
    for (const headers of [{ origin: 'https://evil.example' }, { 'x-forwarded-for': '10.0.0.1' }]) {
      expect((await post(`${open}/admin/drain`, '', headers)).status).toBe(403)
    }
  })
})

describe('canary', () => {
  it('answers its share of the requests by id, the same id always alike', async () => {
    const url = await start('binary', { canary: { folder: next, fraction: 0.3 } })
    const ids = Array.from({ length: 60 }, (_, i) => `customer-${i}`)
    for (const id of ids) {
      const expected = shareOf(id) < 0.3 ? 4 : 3
      expect([id, await versionOf(url, id), await versionOf(url, id)]).toEqual([id, expected, expected])
    }
    const share = Array.from({ length: 20_000 }, (_, i) => shareOf(String(i))).filter((s) => s < 0.3)
    expect(share.length / 20_000).toBeCloseTo(0.3, 1)
    // Both answer, and are named; a version that the path names answers whatever the id; a canary ends with null.
    for (const path of ['', '/versions/3', '/versions/4']) {
      const metadata = await (await fetch(`${url}/v2/models/churn${path}`)).json()
      expect(metadata).toMatchObject({ name: 'churn', versions: ['3', '4'], platform: 'slipway' })
    }
    const named = await fetch(`${url}/v2/models/churn/versions/4/ready`)
    expect(named.status).toBe(200)
    await post(`${url}/admin/model`, { canary: null })
    for (const id of ids) expect(await versionOf(url, id)).toBe(3)
  })
})

describe('shadow', () => {
  it('is scored on a copy of the traffic, counted and compared, and never answers', async () => {
    const url = await start('binary', { shadow: next })
    const { rows, predictions } = bundles.binary.sample
    const answer = await post(`${url}/predict`, rows)
    expect(answer.body.prediction).toEqual(predictions)
    expect(answer.body.model.version).toBe(3)
    const metric = async (name: string) => {
      const text = await (await fetch(`${url}/metrics`)).text()
      return Number(new RegExp(`^${name}\\{model="churn",version="4"\\} (.*)$`, 'm').exec(text)?.[1])
    }
    await expect.poll(() => metric('slipway_shadow_rows_total')).toBe(rows.length)
    const direct = await start('binary', { canary: { folder: next, fraction: 0.999999 } })
    const other = (await post(`${direct}/predict`, rows)).body.prediction
    const disagreements = other.filter((label, row) => label !== predictions[row]).length
    expect(disagreements).toBeGreaterThan(0)
    expect(await metric('slipway_shadow_disagreements_total')).toBe(disagreements)
    const windows = (await lines(`${url}/monitoring/windows`)) as {
      model?: { version: number }
      role: string
      rows: number
    }[]
    expect(windows.filter(({ model }) => model?.version === 4)).toMatchObject([
      { role: 'shadow', rows: rows.length, requests: 0 },
    ])
    expect(windows.filter(({ model }) => model?.version === 3)).toMatchObject([
      { role: 'active', rows: rows.length, requests: 1 },
    ])
  })

  it('keeps windows of its roles apart when it answers next, as canary and then alone', async () => {
    const url = await start('binary', { shadow: next, windowSeconds: 3600 })
    const { rows } = bundles.binary.sample
    const counted = async () => {
      const windows = (await lines(`${url}/monitoring/windows`)) as {
        model?: { version: number }
        role: string
        rows: number
      }[]
      return Object.fromEntries(
        windows.flatMap(({ model, role, rows: n }) => (model ? [[`${model.version} ${role}`, n]] : [])),
      )
    }
    await post(`${url}/predict`, rows)
    await expect.poll(async () => (await counted())['4 shadow']).toBe(rows.length)
    await post(`${url}/admin/model`, { shadow: null, canary: { bundle: next, fraction: 0.999999 } })
    await post(`${url}/predict`, rows)
    await post(`${url}/predict`, rows)
    await counted()
    await post(`${url}/admin/model`, { bundle: next })
    await post(`${url}/predict`, rows)
    const n = rows.length
    expect(await counted()).toEqual({ '3 active': n, '4 shadow': n, '4 canary': 2 * n, '4 active': n })
  })
})

it('keeps the counters of a version that answered and then shadows', async () => {
  const url = await start()
  await post(`${url}/predict`, bundles.binary.sample.rows)
  await post(`${url}/admin/model`, { bundle: next, shadow: bundles.binary.folder })
  await post(`${url}/predict`, bundles.binary.sample.rows)
  const text = await (await fetch(`${url}/metrics`)).text()
  for (const version of [3, 4]) {
    expect(text).toContain(
      `slipway_predict_requests_total{model="churn",version="${version}",protocol="predict"} 1`,
    )
  }
  expect(text).toContain(
    'slipway_predict_responses_total{status_code="200",status_family="2XX",result="success"} 2',
  )
  expect(text).toMatch(
    /^slipway_version_latency_seconds_count\{model="churn",version="3",role="shadow"\} 1$/m,
  )
})

it('names bundles by the hash of their manifest, so that no other bundle takes over their roles', async () => {
  const folder = stateFolder('of-another')
  const url = await start('binary', { stateFolder: folder })
  await post(`${url}/admin/model`, { bundle: next })
  await stopLast()
  const kept = JSON.parse(await readFile(join(folder, 'roles.json'), 'utf8'))
  const manifest = await readFile(join(bundles.binary.folder, 'manifest.json'))
  expect(kept.startedFrom).toBe(createHash('sha256').update(manifest).digest('hex'))
  const other = await start('multiclass', { stateFolder: folder })
  expect((await (await fetch(`${other}/admin/model`)).json()).active.folder).toBe(bundles.multiclass.folder)
})
