import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFile, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Check, Report } from '../../shared/bundle/check.ts'
import { signedFileText } from '../../shared/bundle/signed-files.ts'
import type { PackageEvent } from '../../shared/contract/bundles.ts'
import { versionOfBundle } from '../catalog/version-of-bundle.ts'
import { openDatabase } from '../data/database.ts'
import { assertBundleWhole, readBundleManifest } from './read-bundle.ts'
import { type RunVerify, runVerify } from './run-verify.ts'
import { scoreWithBundle } from './score-with-bundle.ts'
import { createSigner } from './signing-key.ts'
import { type SampleWorkspace, sampleWorkspace } from './testing/sample-workspace.ts'

const runFile = promisify(execFile)
const version = { name: 'churn', version: 1 }

let workspace: SampleWorkspace
let packaged: string
const events: PackageEvent[] = []

beforeAll(async () => {
  workspace = await sampleWorkspace()
  const report = await workspace.bundles.package(version, { archive: true }, (event) => events.push(event))
  packaged = report.path
})
afterAll(() => workspace.remove())

describe('packaging', () => {
  it('announces every check before it reports its figure, and ends with the report', () => {
    const steps = events.flatMap((event) =>
      event.type === 'running'
        ? [`? ${event.check}`]
        : event.type === 'check'
          ? [`= ${event.check.name}`]
          : [],
    )
    const names = steps.filter((step) => step.startsWith('=')).map((step) => step.slice(2))
    expect(steps).toEqual(names.flatMap((name) => [`? ${name}`, `= ${name}`]))
    expect(names).toContain('Recorded rows through /predict')
    const last = events.at(-1)
    expect(last).toMatchObject({ type: 'done', report: { ok: true, path: packaged } })
    const fractions = events.flatMap((event) => ('fraction' in event ? [event.fraction] : []))
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b))
    if (last?.type !== 'done') throw new Error('no report')
    expect(last.report.checks.filter((check) => check.status === 'failed')).toEqual([])
    // The workbench lends its DuckDB.
    const files = last.report.checks.find(({ name }) => name === 'Recorded rows through files')
    expect(files?.detail).toBe(
      "CSV, NDJSON, Arrow, Arrow stream, Parquet and DuckDB table, in and out: 40 rows, largest difference 0; DuckDB tables with the workbench's DuckDB, for this bundle carries none",
    )
  })

  it('lays the folder out as documented and lists it', async () => {
    expect((await readdir(packaged)).sort()).toEqual(
      [
        '.dockerignore',
        'Dockerfile',
        'LICENSES.txt',
        'README.md',
        'baseline.json',
        'card.md',
        'clients',
        'compose.yaml',
        'deploy',
        'examples.json',
        'features.json',
        'kubernetes.yaml',
        'manifest.json',
        'model',
        'openapi.json',
        'sbom.cdx.json',
        'score',
        'score.cmd',
        'serve',
        'serve.cmd',
        'server.mjs',
        'signature.json',
        'verification.json',
        'verify',
        'verify.cmd',
      ].sort(),
    )
    expect(await workspace.bundles.list()).toMatchObject([
      { path: packaged, name: 'churn', version: 1, target: 'any', signer: { own: true } },
    ])
    expect(workspace.tasks.list()).toEqual([])
  })

  it('keeps the report with the version and in the bundle, of exactly the files that were verified', async () => {
    const [stored, ...others] = await workspace.bundles.reports(version)
    expect(others).toEqual([])
    const manifest = await readFile(join(packaged, 'manifest.json'))
    expect(stored).toMatchObject({
      ...version,
      target: 'any',
      ok: true,
      manifest: createHash('sha256').update(manifest).digest('hex'),
    })
    expect(stored?.checks.map((check) => check.name)).toContain('Recorded rows through /predict')
    expect(JSON.parse(await readFile(join(packaged, 'verification.json'), 'utf8'))).toEqual(stored)
  })

  it('leaves nothing half-written beside the bundle', async () => {
    expect((await readdir(dirname(packaged))).sort()).toEqual(['churn-1', 'churn-1.tar.gz'])
  })

  it('writes launch scripts that run, and say when Node is missing or too old', async () => {
    expect(
      (await runFile(join(packaged, 'serve'), ['--help'], { env: { SLIPWAY_NODE: process.execPath } }))
        .stdout,
    ).toContain('Usage')
    const failing = (env: Record<string, string>) =>
      runFile(join(packaged, 'serve'), [], { env }).then(
        () => '',
        (error: unknown) => (error instanceof Error ? error.message : ''),
      )
    const bin = join(workspace.folder, 'bin')
    await mkdir(bin)
    // The scripts need `dirname` to find their folder, and nothing else.
    const dirnamePath = (await runFile('sh', ['-c', 'command -v dirname'])).stdout.trim()
    await writeFile(join(bin, 'dirname'), `#!/bin/sh\nexec ${dirnamePath} "$@"\n`, { mode: 0o755 })
    expect(await failing({ PATH: bin })).toContain('needs Node 22.12 or newer and found none')
    await writeFile(join(bin, 'node'), '#!/bin/sh\necho v20.19.0\n', { mode: 0o755 })
    expect(await failing({ PATH: bin })).toContain('is Node v20.19.0; 22.12 or newer is needed')
    await writeFile(join(bin, 'node'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    expect(await failing({ PATH: bin })).toContain('is not a Node that runs here')
  })

  it('packs an archive that tar reads, with the same bytes and modes', async () => {
    const into = join(workspace.folder, 'unpacked')
    await mkdir(into)
    await runFile('tar', ['-xzf', `${packaged}.tar.gz`, '-C', into])
    const names = (await readdir(packaged, { recursive: true })).sort()
    expect((await readdir(join(into, 'churn-1'), { recursive: true })).sort()).toEqual(names)
    for (const name of names) {
      const original = await stat(join(packaged, name))
      if (!original.isFile()) continue
      expect(await readFile(join(into, 'churn-1', name))).toEqual(await readFile(join(packaged, name)))
      expect((await stat(join(into, 'churn-1', name))).mode & 0o111).toBe(original.mode & 0o111)
    }
  })

  it('gives the same bytes when the same version is packaged twice, to a folder and to an archive', async () => {
    const again = join(workspace.folder, 'again')
    await workspace.bundles.package(version, { out: again, archive: true }, () => {})
    const hashes = async (folder: string) => {
      const { files } = await readBundleManifest(folder)
      const paths = ['manifest.json', 'verification.json', ...files.map(({ path }) => path)]
      const digest = async (path: string) =>
        createHash('sha256')
          .update(await readFile(join(folder, path)))
          .digest('hex')
      return Promise.all(paths.map(async (path) => `${path} ${await digest(path)}`))
    }
    expect(await hashes(again)).toEqual(await hashes(packaged))
    const archived = await readFile(`${packaged}.tar.gz`)
    expect((await readFile(`${again}.tar.gz`)).equals(archived)).toBe(true)
    await rm(`${again}.tar.gz`)
    const packed = await workspace.bundles.archive(again)
    expect((await readFile(packed.path)).equals(archived)).toBe(true)
    expect((await readBundleManifest(again)).created).toBe(workspace.sample.record.created)
  })

  it('carries the card as it was edited, and otherwise the files it carried before', async () => {
    const { catalog, bundles, folder } = workspace
    await catalog.edit('churn', 1, { card: '# Edited\n' })
    const { path } = await bundles.package(version, { out: join(folder, 'edited') }, () => {})
    expect(await readFile(join(path, 'card.md'), 'utf8')).toBe('# Edited\n')
    const hashes = async (bundle: string) =>
      new Map((await readBundleManifest(bundle)).files.map((file) => [file.path, file.sha256]))
    const [before, after] = [await hashes(packaged), await hashes(path)]
    const differing = [...after.keys()].filter((name) => after.get(name) !== before.get(name))
    expect(differing).toEqual(['card.md'])
    expect(await versionOfBundle(catalog, path)).toMatchObject(version)
    await catalog.edit('churn', 1, { card: null })
  })
})

describe('verifying', () => {
  it('runs nothing of a bundle with a changed byte, and names the file', async () => {
    const out = join(workspace.folder, 'tampered')
    await workspace.bundles.package(version, { out }, () => {})
    await appendFile(join(out, 'server.mjs'), '\nconsole.log("ran")')
    const report = await workspace.bundles.verify(out, () => {})
    expect(report).toMatchObject({ ok: false, checks: [{ status: 'failed' }] })
    expect(report.checks[0]?.detail).toContain('server.mjs was changed')
  })

  it('says who signed the manifest, tells its own key from others, and refuses an unsigned one unless told otherwise', async () => {
    const name = 'Manifest is signed'
    /** The rest of the verification is not waited for. */
    const signedCheck = async (
      verifying: (options: Pick<RunVerify, 'onEvent' | 'signal'>) => Promise<Report>,
    ) => {
      const controller = new AbortController()
      const found: Check[] = []
      const onEvent = (event: PackageEvent) => {
        if (event.type !== 'check' || event.check.name !== name) return
        found.push(event.check)
        controller.abort()
      }
      await verifying({ onEvent, signal: controller.signal }).catch(() => {})
      return found[0]
    }
    const verified = (folder: string) =>
      signedCheck(({ onEvent, signal }) => workspace.bundles.verify(folder, onEvent, signal))
    expect(await verified(packaged)).toMatchObject({
      status: 'passed',
      detail: expect.stringMatching(/^signed by SHA256:.{43}, this workspace's key$/),
    })
    const old = join(workspace.folder, 'unsigned')
    await cp(packaged, old, { recursive: true })
    const { signature: _, ...rest } = await readBundleManifest(old)
    await writeFile(join(old, 'manifest.json'), JSON.stringify(rest))
    const refused = await workspace.bundles.verify(old, () => {})
    expect(refused).toMatchObject({ ok: false, checks: [{ name, status: 'failed' }] })
    expect(refused.checks[0]?.detail).toContain('it is not signed: nobody vouches for its files')
    const { processes } = workspace
    const allowed = await signedCheck((options) =>
      runVerify({ folder: old, processes, allowUnsigned: true, ...options }),
    )
    expect(allowed).toMatchObject({ status: 'not-tested', detail: expect.stringContaining('not signed') })
    expect(await workspace.bundles.signer(old)).toEqual({ signed: { kind: 'unsigned' }, own: false })
    expect(await workspace.bundles.signer(packaged)).toMatchObject({ own: true })

    // The report was signed with the key of the manifest that it was made with.
    await rm(join(old, 'verification.json'))
    const stranger = createSigner(join(workspace.folder, 'stranger'))
    await writeFile(join(old, 'manifest.json'), signedFileText(await stranger.sign(rest)))
    const other = await verified(old)
    const fingerprint = await stranger.fingerprint()
    expect(other?.detail).toBe(`signed by ${fingerprint}, not this workspace's key`)
    expect(await workspace.bundles.signer(old)).toEqual({
      signed: { kind: 'signed', fingerprint },
      own: false,
    })
  })

  it('refuses a bundle whose manifest was edited, before and after it runs', async () => {
    const edited = join(workspace.folder, 'edited')
    await cp(packaged, edited, { recursive: true })
    const path = join(edited, 'manifest.json')
    await writeFile(path, (await readFile(path, 'utf8')).replace('"version": 1', '"version": 2'))
    const said = 'manifest.json was changed since it was signed'
    const report = await workspace.bundles.verify(edited, () => {})
    expect(report).toMatchObject({ ok: false, checks: [{ name: 'Manifest is signed', status: 'failed' }] })
    expect(report.checks[0]?.detail).toContain(said)
    // Deployments ask this before they start a bundle.
    await expect(assertBundleWhole(edited, await readBundleManifest(edited))).rejects.toThrow(said)
    for (const command of [['serve', '--port', '0'], ['verify'], ['score', 'in.csv', 'out.csv']]) {
      const run = runFile(process.execPath, [join(edited, 'server.mjs'), ...command], {
        cwd: workspace.folder,
      })
      const { stdout, stderr } = await run.then(
        () => ({ stdout: '', stderr: '' }),
        (error: { stdout: string; stderr: string }) => error,
      )
      expect(`${command[0]}: ${stdout}${stderr}`).toContain(said)
    }
  })

  it('says when there is no bundle', async () => {
    await expect(workspace.bundles.verify(join(workspace.folder, 'none'), () => {})).rejects.toMatchObject({
      code: 'not-found',
    })
    await expect(workspace.bundles.verify(workspace.folder, () => {})).rejects.toMatchObject({
      code: 'integrity',
    })
  })
})

describe('scoring Parquet', () => {
  it('keeps the types of the input columns and adds the predictions', async () => {
    const { rows, predictions, probabilities } = workspace.sample
    const database = await openDatabase(':memory:', workspace.folder)
    const session = await database.session()
    const json = join(workspace.folder, 'rows.ndjson')
    const input = join(workspace.folder, 'rows.parquet')
    const output = join(workspace.folder, 'scored.parquet')
    await writeFile(
      json,
      rows.map((row, i) => `${JSON.stringify({ day: `2026-01-0${1 + (i % 9)}`, ...row })}\n`).join(''),
    )
    const columns = `{day: 'DATE', tenure: 'INTEGER', charges: 'DOUBLE', contract: 'VARCHAR', payment: 'VARCHAR', partner: 'BOOLEAN'}`
    await session.run(
      `copy (select * from read_json('${json}', columns = ${columns})) to '${input}' (format parquet)`,
    )
    const options = { bundle: packaged, processes: workspace.processes }
    await scoreWithBundle({ ...options, input, output })
    const types = await session.rows(`describe select * from read_parquet('${output}')`)
    expect(types.map((row) => `${row.column_name} ${row.column_type}`)).toEqual([
      'day DATE',
      'tenure INTEGER',
      'charges DOUBLE',
      'contract VARCHAR',
      'payment VARCHAR',
      'partner BOOLEAN',
      'prediction VARCHAR',
      'probability_No DOUBLE',
      'probability_Yes DOUBLE',
    ])
    const found = await session.rows(`select * from read_parquet('${output}')`)
    expect(found.map((row) => row.prediction)).toEqual(predictions)
    expect(found.map((row) => row.probability_Yes)).toEqual(probabilities?.map((row) => row[1]))

    const csv = join(workspace.folder, 'scored.csv')
    await scoreWithBundle({ ...options, input, output: csv })
    expect((await readFile(csv, 'utf8')).split('\n')[0]).toBe(
      'day,tenure,charges,contract,payment,partner,prediction,probability_No,probability_Yes',
    )
    await scoreWithBundle({ ...options, input: csv.replace('scored.csv', 'rows.ndjson'), output })
    expect((await session.rows(`select count(*)::int as n from read_parquet('${output}')`))[0]?.n).toBe(
      rows.length,
    )
    session.close()
    database.close()
  })

  it('names a missing file, as the scorer does', async () => {
    let said = ''
    const promise = scoreWithBundle({
      bundle: packaged,
      processes: workspace.processes,
      input: join(workspace.folder, 'none.parquet'),
      output: 'o.csv',
      onText: (text) => {
        said += text
      },
    })
    await expect(promise).rejects.toMatchObject({
      code: 'not-found',
      message: `${join(workspace.folder, 'none.parquet')} does not exist.`,
      whatToDo: 'Check the name of the input.',
    })
    expect(said).toBe(
      `${join(workspace.folder, 'none.parquet')} does not exist. Check the name of the input.\n`,
    )
  })
})
