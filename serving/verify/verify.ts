import { mkdtemp, realpath, rm } from 'node:fs/promises'
import os from 'node:os'
import { isAbsolute, join, relative, sep } from 'node:path'
import type { Check, Report } from '../../shared/bundle/check.ts'
import type { Manifest } from '../../shared/bundle/manifest.ts'
import { brokenSignature, unsignedBundle } from '../../shared/bundle/manifest-signature.ts'
import { describeFailure, Failure } from '../../shared/failure.ts'
import { formatDuration } from '../../shared/formatting/format-duration.ts'
import { hasDuckDb } from '../batch/duckdb-session.ts'
import { changedFiles, checkSigned, extraFiles, readManifest } from '../bundle/integrity.ts'
import { type LoadedModel, loadModel } from '../bundle/load-model.ts'
import { type ChildServer, startChildServer } from './child-server.ts'
import { replayExtremeValues } from './extreme-values.ts'
import { measureMemory } from './memory.ts'
import type { Outcomes } from './outcomes.ts'
import {
  measureLatency,
  replayInference,
  replayInvocations,
  replayOddValues,
  replayOneByOne,
  replayPredict,
} from './replay.ts'
import { replayFiles } from './replay-files.ts'
import { replayArrow, replayCsv } from './replay-tables.ts'
import { replayTransforms } from './row-locality.ts'

export type VerifyEvent =
  | { type: 'running'; check: string; of: number }
  | { type: 'check'; check: Check; of: number }

export interface VerifyOptions {
  onEvent: (event: VerifyEvent) => void
  /** Ends the server and removes what the checks wrote, in the middle of whichever runs. */
  signal: AbortSignal
  /** A bundle without a signature does not fail for it. */
  allowUnsigned: boolean
}

/** The bundle stays below this without native parts and without what the version itself is made of. */
const largestBundle = 5_000_000
const ofTheVersion =
  /^(model\/|transforms\/|(features|signature|baseline|examples|openapi|verification)\.json$|card\.md$)/

interface Bench {
  folder: string
  manifest: Manifest
  /** A folder outside the bundle for what the checks write, removed at the end. */
  scratch: string
  signal: AbortSignal
  allowUnsigned: boolean
  /** Made by the checks that need them, in order. */
  model: LoadedModel | null
  server: ChildServer | null
}

/** Null: not tested, with the reason. */
type StepOutcomes = Outcomes | { passed: null; detail: string }

interface Step {
  name: string
  /** Throws when it cannot be carried out. */
  run(bench: Bench): Promise<StepOutcomes>
}

const bytesOf = (manifest: Manifest) => manifest.files.reduce((sum, file) => sum + file.bytes, 0)

function ready(bench: Bench): { model: LoadedModel; server: ChildServer } {
  if (bench.model === null || bench.server === null) throw new Error('the server did not start')
  return { model: bench.model, server: bench.server }
}

function loaded(bench: Bench): LoadedModel {
  if (bench.model === null) throw new Error('the model could not be read')
  return bench.model
}

const replay =
  (run: (model: LoadedModel, server: ChildServer) => Promise<StepOutcomes>) => (bench: Bench) => {
    const { model, server } = ready(bench)
    return run(model, server)
  }

/** Whether a self-contained bundle is being checked on the Node that it carries. */
function ownNode(target: string): Step {
  return {
    name: 'Runs on its own Node',
    async run({ folder }) {
      const here = `${process.platform}-${process.arch}`
      const inside = relative(await realpath(folder), await realpath(process.execPath))
      if (!inside.startsWith('..') && !isAbsolute(inside)) {
        return { passed: true, detail: `${inside.split(sep).join('/')}, Node ${process.versions.node}` }
      }
      const why =
        target === here ? `started with ${process.execPath}` : `it is for ${target}, this is ${here}`
      return { passed: null, detail: `${why}: checked on Node ${process.versions.node}` }
    },
  }
}

/** For bundles whose requests pass SQL. */
const transformsStep: Step = {
  name: 'SQL transforms row by row',
  async run(bench) {
    const model = loaded(bench)
    if (!model.transforms) throw new Error('the SQL was not loaded')
    return await replayTransforms(model, model.transforms)
  },
}

/** A bundle that carries DuckDB must be able to load it; one that is lent it, as by the workbench, uses it as well, and says so. */
async function replayOwnFiles(bench: Bench): Promise<Outcomes> {
  const carried = bench.manifest.files.some(({ path }) => path === 'runtime/duckdb.node')
  const from = carried ? 'own' : (await hasDuckDb()) ? 'lent' : 'none'
  return await replayFiles(loaded(bench), from, bench.scratch)
}

function stepsOf(entry: string, target: string, transforms: boolean): Step[] {
  return [
    {
      name: 'Files are as packaged',
      async run({ folder, manifest }) {
        const problems = [...(await changedFiles(folder, manifest)), ...(await extraFiles(folder, manifest))]
        if (problems.length > 0) return { passed: false, detail: problems.join(' ') }
        return { passed: true, detail: `${manifest.files.length} files, SHA-256 of each` }
      },
    },
    {
      name: 'Manifest is signed',
      async run({ folder, manifest, allowUnsigned }) {
        const { signed } = await checkSigned(folder, manifest)
        switch (signed.kind) {
          case 'unsigned':
            return allowUnsigned
              ? { passed: null, detail: unsignedBundle }
              : { passed: false, detail: `${unsignedBundle}. --allow-unsigned checks it all the same.` }
          case 'broken':
            return { passed: false, detail: `${brokenSignature} Signed by ${signed.fingerprint}.` }
          case 'signed':
            return { passed: true, detail: `signed by ${signed.fingerprint}` }
        }
      },
    },
    {
      name: 'Starts in a clean process',
      async run(bench) {
        bench.model = await loadModel(bench.folder)
        bench.server = await startChildServer(entry, join(bench.scratch, 'state'), bench.signal)
        const time = formatDuration(bench.server.readyMs, 2)
        return {
          passed: true,
          detail: `ready in ${time} with an empty environment, Node ${process.versions.node}`,
        }
      },
    },
    ...(target === 'any' ? [] : [ownNode(target)]),
    {
      name: 'Needs no network',
      async run(bench) {
        const { server } = ready(bench)
        const outside = Object.values(os.networkInterfaces())
          .flat()
          .some((address) => address && !address.internal)
        const live = await server.get('/health/live')
        if (live.status !== 200) return { passed: false, detail: `/health/live answered ${live.status}` }
        if (!outside) return { passed: true, detail: 'ran where there is nothing but the loopback interface' }
        return {
          passed: null,
          detail: 'the system gave no isolated network; the server listens on 127.0.0.1 only',
        }
      },
    },
    { name: 'Recorded rows through /predict', run: replay(replayPredict) },
    { name: 'Recorded rows through /invocations', run: replay(replayInvocations) },
    { name: 'Recorded rows through Open Inference Protocol', run: replay(replayInference) },
    { name: 'Recorded rows as CSV', run: replay(replayCsv) },
    { name: 'Recorded rows as Arrow', run: replay(replayArrow) },
    { name: 'One by one as in a batch', run: replay(replayOneByOne) },
    ...(transforms ? [transformsStep] : []),
    { name: 'Recorded rows through files', run: replayOwnFiles },
    { name: 'Missing, unseen and wrong values', run: replay(replayOddValues) },
    { name: 'Extreme values', run: replay(replayExtremeValues) },
    { name: 'Latency', run: replay(measureLatency) },
    { name: 'Memory after many requests', run: replay(measureMemory) },
    {
      name: 'Stops when asked',
      async run(bench) {
        const { server } = ready(bench)
        bench.server = null
        const code = await server.stop()
        // Windows has no signal to ask with.
        if (process.platform === 'win32')
          return { passed: null, detail: 'processes cannot be asked to stop here' }
        return { passed: code === 0, detail: `exit code ${code}` }
      },
    },
    {
      name: 'Size',
      async run({ manifest }) {
        const bytes = bytesOf(manifest)
        const self = manifest.runtime.target === 'any'
        const detail = `${(bytes / 1e6).toFixed(2)} MB in ${manifest.files.length} files`
        const version = manifest.files.filter(({ path }) => ofTheVersion.test(path))
        const beside = bytes - version.reduce((sum, file) => sum + file.bytes, 0)
        return {
          passed: !self || beside < largestBundle,
          detail: self
            ? `${detail}; beside the model ${(beside / 1e6).toFixed(2)} MB, less than 5 MB expected`
            : detail,
        }
      },
    },
  ]
}

/**
 * Checks a bundle: its files, that it boots by itself, and that it predicts what it predicted at training time.
 *
 * @param entry the bundle's `server.mjs`, started as a process of its own
 * @throws Failure `integrity` when there is no manifest to check against, `cancelled` after `signal`
 */
export async function verify(folder: string, entry: string, options: VerifyOptions): Promise<Report> {
  const { onEvent, signal, allowUnsigned } = options
  const manifest = await readManifest(folder)
  const scratch = await mkdtemp(join(os.tmpdir(), 'slipway-verify-'))
  const bench: Bench = { folder, manifest, scratch, signal, allowUnsigned, model: null, server: null }
  const steps = stepsOf(entry, manifest.runtime.target, manifest.transforms !== undefined)
  const stopped = new Failure('cancelled', 'The verification was stopped.', 'Verify again when you need it.')
  const untilStopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(stopped), { once: true })
  })
  // It may come between two checks, when nobody waits for it.
  untilStopped.catch(() => {})
  const checks: Check[] = []
  try {
    for (const step of steps) {
      if (signal.aborted) throw stopped
      onEvent({ type: 'running', check: step.name, of: steps.length })
      let check: Check
      try {
        const { passed, detail } = await Promise.race([step.run(bench), untilStopped])
        const status = passed === null ? 'not-tested' : passed ? 'passed' : 'failed'
        check = { name: step.name, status, detail }
      } catch (error) {
        if (signal.aborted) throw stopped
        check = { name: step.name, status: 'failed', detail: describeFailure(error) }
      }
      checks.push(check)
      onEvent({ type: 'check', check, of: steps.length })
    }
  } finally {
    await bench.server?.stop()
    // A check that was cut off may still be writing.
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 })
    bench.model?.transforms?.close()
  }
  const ok = checks.every((check) => check.status !== 'failed')
  return { ok, path: folder, bytes: bytesOf(manifest), checks }
}
