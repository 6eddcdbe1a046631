import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { usualLiveness } from '../../shared/liveness.ts'
import { createDeploymentStore, type DeploymentRecord } from './deployment-store.ts'
import { usualRestarts } from './restart-policy.ts'
import { usualLogLimit } from './rotate-log.ts'

const record = (name: string, port: number): DeploymentRecord => ({
  format: 1,
  name,
  bundle: '/bundle',
  model: { name: 'churn', version: 1 },
  port,
  replicas: 1,
  shadow: null,
  canary: null,
  created: '2026-01-01T00:00:00.000Z',
  active: false,
  restart: usualRestarts,
  liveness: usualLiveness,
  log: usualLogLimit,
  settings: {},
})

let home: string
beforeEach(async () => {
  home = join(await mkdtemp(join(tmpdir(), 'slipway-store-')), 'deployments')
})
afterEach(() => rm(join(home, '..'), { recursive: true, force: true }))

const claim = (port: number, name = 'live') =>
  createDeploymentStore(home).claim(name, async (folder) => {
    await writeFile(join(folder, 'secrets.json'), String(port))
    return record(name, port)
  })

describe('a claim of a name', () => {
  it('is won by exactly one of many, with all that is the winner’s, and nothing is left of the others', async () => {
    const claims = await Promise.all(Array.from({ length: 8 }, (_, i) => claim(8101 + i)))
    const won = claims.filter((one) => one !== null)
    expect(won).toHaveLength(1)
    expect(await createDeploymentStore(home).all()).toEqual(won)
    expect(await readFile(join(home, 'live', 'secrets.json'), 'utf8')).toBe(String(won[0]?.port))
    expect(await readdir(home)).toEqual(['live'])
    expect(await claim(9000)).toBeNull()
  })

  it('whose process was killed leaves the name free, is listed nowhere, and is swept after an hour', async () => {
    const begun = Date.now()
    const killed = join(home, `.new-1-${begun}-x`)
    await mkdir(killed, { recursive: true })
    await writeFile(join(killed, 'deployment.json'), JSON.stringify(record('live', 8101)))
    const store = createDeploymentStore(home, () => begun + 3_600_001)
    expect(await store.all()).toEqual([])
    expect(await claim(8102)).toMatchObject({ port: 8102 })
    expect(await readdir(home)).toHaveLength(2)
    await store.claim('other', async () => record('other', 8103))
    expect((await readdir(home)).sort()).toEqual(['live', 'other'])
  })

  it('leaves a folder alone that is no deployment, and says that it is in the way', async () => {
    await mkdir(join(home, 'live'), { recursive: true })
    await writeFile(join(home, 'live', 'notes.txt'), 'mine')
    await expect(claim(8101)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`${join(home, 'live')} is in the way`),
    })
    expect(await readdir(join(home, 'live'))).toEqual(['notes.txt'])
    expect(await readdir(home)).toEqual(['live'])
  })
})

it('a name is free once its deployment is removed', async () => {
  const store = createDeploymentStore(home)
  await claim(8101)
  await store.remove('live')
  await store.remove('live')
  // Another process that has not heard of it does not bring it back.
  await expect(store.change('live', (now) => now)).rejects.toMatchObject({
    code: 'conflict',
    message: 'The deployment live was removed from elsewhere.',
  })
  expect(await readdir(home)).toEqual([])
  expect(await claim(8102)).toMatchObject({ port: 8102 })
})

describe('changes of a record', () => {
  const labelled = (label: string) => (now: DeploymentRecord) => ({
    ...now,
    settings: { ...now.settings, [label]: 'yes' },
  })

  it('by many processes at once are all kept', async () => {
    await claim(8101)
    const labels = Array.from({ length: 12 }, (_, i) => `L${i}`)
    await Promise.all(labels.map((label) => createDeploymentStore(home).change('live', labelled(label))))
    const now = await createDeploymentStore(home).read('live')
    expect(Object.keys(now?.settings ?? {}).sort()).toEqual(labels.sort())
    expect((await readdir(join(home, 'live'))).sort()).toEqual(['deployment.json', 'secrets.json'])
  })
})
