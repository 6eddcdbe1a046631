/** The commands as people run them, on an archive and in a bundle's folder: what only their own processes can show. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildParts } from '../../scripts/build.ts'
import { reportSchema } from '../../shared/bundle/check.ts'
import { type SampleWorkspace, sampleWorkspace } from '../bundles/testing/sample-workspace.ts'
import { openDatabase } from '../data/database.ts'

const cli = join(import.meta.dirname, 'main.ts')
const names = ['tenure', 'charges', 'contract', 'payment', 'partner']

let workspace: SampleWorkspace
let bundle: string
/** The temporary folder of every process here. */
let temporary: string
const at = (name: string) => join(workspace.folder, name)

beforeAll(async () => {
  workspace = await sampleWorkspace()
  await writeFile(at('slipway.json'), '{}')
  temporary = at('tmp')
  await mkdir(temporary)
  const options = { out: at('out/churn-1'), archive: true }
  bundle = (await workspace.bundles.package({ name: 'churn', version: 1 }, options, () => {})).path
}, 60_000)
afterAll(() => workspace.remove())

interface Run {
  child: ChildProcess
  ended: Promise<{ code: number | null; out: string; err: string }>
}

function start(program: string, args: readonly string[]): Run {
  const env = { PATH: process.env.PATH, SLIPWAY_NODE: process.execPath, TMPDIR: temporary }
  const child = spawn(program, args, { env, cwd: workspace.folder })
  let out = ''
  let err = ''
  child.stdout.on('data', (bytes) => {
    out += bytes
  })
  child.stderr.on('data', (bytes) => {
    err += bytes
  })
  return { child, ended: new Promise((done) => child.once('close', (code) => done({ code, out, err }))) }
}

const cell = (value: unknown) => {
  const text = String(value ?? '')
  return text.includes('"') ? `"${text.replaceAll('"', '""')}"` : text
}
const slipway = (...args: string[]) => start(process.execPath, [cli, ...args])
const inBundle = (folder: string, command: string, ...args: string[]) => start(join(folder, command), args)

it('answers wrong words with one JSON document too, where one is asked for', async () => {
  const { code, out, err } = await slipway('scale', 'churn', 'many', '--json').ended
  const message = 'scale takes a number of replicas from 1 to 64, found "many".'
  expect(code).toBe(2)
  expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code: 'invalid-input', message } })
  expect(err).toContain(message)
})

describe('an archive', () => {
  it('is verified as it is, Parquet too, and nothing of it is left behind', async () => {
    const { code, out } = await slipway('verify', `${bundle}.tar.gz`, '--json').ended
    const report = reportSchema.parse(JSON.parse(out))
    expect(report.checks.filter(({ status }) => status === 'failed')).toEqual([])
    expect([code, report.ok, report.path]).toEqual([0, true, `${bundle}.tar.gz`])
    const detailOf = (name: string) => report.checks.find((check) => check.name === name)?.detail
    expect(detailOf('Recorded rows through files')).toContain('Parquet and DuckDB table, in and out: 40 rows')
    expect(await readdir(temporary)).toEqual([])
  }, 60_000)

  it('tells once what is wrong with a file, and as JSON with what to do', async () => {
    const ended = await slipway('score', `${bundle}.tar.gz`, 'none.csv', 'out.csv', '--json').ended
    expect(ended).toEqual({
      code: 1,
      out: `${JSON.stringify({
        ok: false,
        error: {
          code: 'not-found',
          message: `${at('none.csv')} does not exist.`,
          whatToDo: 'Check the name of the input.',
        },
      })}\n`,
      err: `${at('none.csv')} does not exist. Check the name of the input.\n`,
    })
  })

  it('scores a file into Parquet, to the recorded predictions', async () => {
    const { rows, predictions } = workspace.sample
    await writeFile(at('in.ndjson'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    const to = await slipway('score', `${bundle}.tar.gz`, 'in.ndjson', 'scored.parquet', '--json').ended
    expect(JSON.parse(to.out)).toMatchObject({ ok: true, output: at('scored.parquet'), rows: 40, bad: 0 })
    expect(to.code).toBe(0)
    const database = await openDatabase(':memory:', workspace.folder)
    const session = await database.session()
    const found = await session.rows(`select prediction from read_parquet('${at('scored.parquet')}')`)
    session.close()
    database.close()
    expect(found.map(({ prediction }) => prediction)).toEqual(predictions)
    expect(await readdir(temporary)).toEqual([])
  }, 60_000)

  it('is deployed from a folder of the workspace that it is unpacked into, and removed once it is stopped', async () => {
    const { out, code, err } = await slipway('deploy', `${bundle}.tar.gz`, '--name', 'packed', '--json').ended
    expect(err).toMatch(/^Signed by SHA256:.{43}, this workspace's key\.$/m)
    const deployed = JSON.parse(out)
    const unpacked = at('.slipway/bundles/churn-1')
    expect([code, deployed]).toEqual([0, expect.objectContaining({ state: 'ACTIVE', bundle: unpacked })])
    const answer = await fetch(`${deployed.endpoint}/predict`, {
      method: 'POST',
      body: JSON.stringify({ data: workspace.sample.rows }),
    })
    expect((await answer.json()).prediction).toEqual(workspace.sample.predictions)
    const refused = await slipway('remove', 'packed', '--json').ended
    expect(refused.code).toBe(1)
    expect(JSON.parse(refused.out).error).toMatchObject({
      code: 'conflict',
      message: `The deployment "packed" is ACTIVE at ${deployed.endpoint}.`,
      whatToDo: 'Stop it first: slipway deactivate packed.',
    })
    expect((await slipway('deactivate', 'packed').ended).code).toBe(0)
    expect(JSON.parse((await slipway('remove', 'packed', '--json').ended).out)).toEqual({
      ok: true,
      name: 'packed',
    })
    expect(JSON.parse((await slipway('deployments', '--json').ended).out)).toEqual([])
    expect(existsSync(unpacked)).toBe(true)
    expect((await slipway('remove', 'packed').ended).err).toContain('There is no deployment "packed"')
  }, 60_000)
})

describe('packaging', () => {
  it('is stopped by Ctrl+C, with nothing left at its place', async () => {
    // The command packages with the installation's own server.
    await buildParts({ all: false, titles: ['serving runtime'] })
    const out = at('stopped/churn')
    const run = slipway('package', 'churn:1', '--out', out, '--archive', '--json')
    await new Promise<void>((verifying, failed) => {
      run.child.stderr?.on('data', (bytes) => {
        if (String(bytes).includes('Starts in a clean process')) verifying()
      })
      run.ended.then(({ err }) => failed(new Error(`ended before it verified: ${err}`)))
    })
    run.child.kill('SIGINT')
    const { code, out: said, err } = await run.ended
    expect(code).toBe(1)
    expect(JSON.parse(said)).toMatchObject({ ok: false, error: { code: 'cancelled' } })
    expect(err).toContain('Packaging churn-1 was stopped; nothing was left behind.')
    expect(await readdir(at('stopped'))).toEqual([])
  }, 60_000)
})

describe('scoring', () => {
  it('gives the same bytes on one thread, on two, and over an interruption that is resumed', async () => {
    const lines = workspace.sample.rows.map((row) => names.map((name) => cell(row[name])).join(','))
    const block = `${lines.join('\n')}\n`
    await writeFile(at('many.csv'), `${names.join(',')}\n${block.repeat(7_000)}`)
    expect(
      (await inBundle(bundle, 'score', at('many.csv'), at('one.csv'), '--threads', '1').ended).code,
    ).toBe(0)
    const whole = await readFile(at('one.csv'))
    const same = async (name: string) => (await readFile(at(name))).equals(whole)
    expect((await slipway('score', bundle, 'many.csv', 'two.csv', '--threads', '2').ended).code).toBe(0)
    expect(await same('two.csv')).toBe(true)

    const ways = {
      'in.csv': (...more: string[]) => inBundle(bundle, 'score', at('many.csv'), at('in.csv'), ...more),
      'by.csv': (...more: string[]) => slipway('score', `${bundle}.tar.gz`, 'many.csv', 'by.csv', ...more),
    }
    for (const [name, score] of Object.entries(ways)) {
      let stopped = await interrupted(score, name)
      // A machine may finish before the signal arrives.
      for (let again = 0; stopped.code === 0 && again < 4; again++) stopped = await interrupted(score, name)
      expect(stopped.code).toBe(1)
      expect(stopped.err).toMatch(/Scoring was stopped after \d+ rows\. Score again with --resume/)
      expect(existsSync(at(name))).toBe(false)
      const { code, err } = await score('--resume').ended
      expect([code, err]).toEqual([0, expect.stringMatching(/[1-9]\d* of them in the run before/)])
      expect(await same(name)).toBe(true)
    }
    expect(await readdir(temporary)).toEqual([])
  }, 60_000)

  /** Asks a run to stop as soon as it has committed anything. */
  async function interrupted(score: () => Run, name: string) {
    const run = score()
    let over = false
    run.child.once('exit', () => {
      over = true
    })
    while (!over && !existsSync(at(`${name}.journal`))) await new Promise((soon) => setTimeout(soon, 2))
    run.child.kill('SIGINT')
    return await run.ended
  }
})

describe('a bundle that is not as it was packaged', () => {
  const harms: [string, (folder: string) => Promise<void>, string][] = [
    [
      'a flipped byte',
      async (folder) => {
        const file = join(folder, 'model', 'weights.bin')
        const bytes = await readFile(file)
        bytes[9] = (bytes[9] ?? 0) ^ 1
        await writeFile(file, bytes)
      },
      'model/weights.bin was changed',
    ],
    [
      'a broken signature',
      async (folder) => {
        const file = join(folder, 'manifest.json')
        const manifest = JSON.parse(await readFile(file, 'utf8'))
        const bytes = Buffer.from(manifest.signature.value, 'base64')
        bytes[9] = (bytes[9] ?? 0) ^ 1
        manifest.signature.value = bytes.toString('base64')
        await writeFile(file, JSON.stringify(manifest))
      },
      'manifest.json was changed since it was signed',
    ],
    [
      'a change and no signature',
      async (folder) => {
        const file = join(folder, 'manifest.json')
        const { signature: _, ...manifest } = JSON.parse(await readFile(file, 'utf8'))
        const card = 'Another card.'
        await writeFile(join(folder, 'card.md'), card)
        const listed = manifest.files.find((one: { path: string }) => one.path === 'card.md')
        listed.sha256 = createHash('sha256').update(card).digest('hex')
        await writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`)
      },
      'it is not signed: nobody vouches for its files',
    ],
  ]
  it.each(harms)(
    'with %s is refused by ./verify and by deploy, with the reason',
    async (what, harm, said) => {
      const folder = at(what.replaceAll(' ', '-'))
      await cp(bundle, folder, { recursive: true })
      await harm(folder)
      const verified = await inBundle(folder, 'verify').ended
      expect([verified.code, verified.out + verified.err]).toEqual([1, expect.stringContaining(said)])
      const deployed = await slipway('deploy', folder, '--name', 'live', '--json').ended
      expect(deployed.code).toBe(1)
      const code = said.startsWith('it is not signed') ? 'unsigned' : 'integrity'
      expect(JSON.parse(deployed.out)).toMatchObject({ ok: false, error: { code } })
      expect(deployed.err).toContain(said)
      const { out } = await slipway('deployments', '--json').ended
      expect(JSON.parse(out).filter((one: { name: string }) => one.name === 'live')).toEqual([])
    },
    60_000,
  )
})
