import cluster from 'node:cluster'
import os from 'node:os'
import { dirname } from 'node:path'
import { isMainThread, workerData } from 'node:worker_threads'
import { describeFailure, Failure } from '../shared/failure.ts'
import { absentText } from '../shared/signature/absent-columns.ts'
import { parseArguments, type ScoreFlags, usage, type VerifyFlags } from './arguments.ts'
import { slipwayVersion } from './package-version.ts'
import { isScorerStart } from './scoring/scorer-messages.ts'
import type { Settings } from './settings.ts'
import type { VerifyEvent } from './verify/verify.ts'

/** The bundle is the folder this file lies in. */
const entry = import.meta.filename
const folder = dirname(entry)

async function runServe(settings: Settings): Promise<void> {
  // Whoever started it with a channel, such as a verification, is gone when that closes.
  let orphaned: () => void = () => process.exit(0)
  process.once('disconnect', () => orphaned())
  const workers = settings.workers === 0 ? os.availableParallelism() : settings.workers
  const serveMany = async () => {
    const { serveWorkers } = await import('./cluster/primary.ts')
    return serveWorkers(folder, entry, { ...settings, workers }, slipwayVersion)
  }
  const serveAlone = async () => {
    const { serve } = await import('./serve.ts')
    return serve(folder, settings, slipwayVersion)
  }
  const server = await (workers === 1 && !settings.ownPrimary ? serveAlone() : serveMany())
  const ms = Math.round(performance.now())
  process.stdout.write(
    `ready ${settings.tls ? 'https' : 'http'}://${settings.host}:${server.port} in ${ms} ms\n`,
  )
  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    )
  }
  orphaned = stop
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

/** Aborts at Ctrl+C or a request to end. A second one ends the process at once. */
function untilAsked(): AbortController {
  const stopped = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopped.abort())
  return stopped
}

async function runVerify({ json, events, allowUnsigned }: VerifyFlags): Promise<void> {
  const { verify } = await import('./verify/verify.ts')
  const stopped = untilAsked()
  // Nobody reads any more: whoever asked was killed.
  process.stdout.on('error', () => stopped.abort())
  const onEvent = (event: VerifyEvent) => {
    if (events) process.stdout.write(`${JSON.stringify(event)}\n`)
    else if (event.type === 'check' && !json) {
      const { name, status, detail } = event.check
      const mark = { passed: 'passed    ', failed: 'FAILED    ', 'not-tested': 'not tested' }[status]
      process.stdout.write(`${mark}  ${name}: ${detail}\n`)
    }
  }
  const { signal } = stopped
  const report = await verify(folder, entry, { onEvent, signal, allowUnsigned })
  if (events) process.stdout.write(`${JSON.stringify({ type: 'done', report })}\n`)
  if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  if (!report.ok) process.exitCode = 1
}

async function runScore(input: string, output: string, { json, ...options }: ScoreFlags): Promise<void> {
  const { loadModel } = await import('./bundle/load-model.ts')
  const { scoreFile } = await import('./batch/score-file.ts')
  const { createProgress } = await import('./batch/progress.ts')
  const { peakMemory } = await import('./batch/peak-memory.ts')
  const model = await loadModel(folder)
  const begun = performance.now()
  const progress = createProgress({
    write: (text) => process.stderr.write(text),
    interactive: process.stderr.isTTY,
    now: () => performance.now(),
  })
  // What was committed stays, also after a second signal.
  const { signal } = untilAsked()
  const summary = await scoreFile(model, input, output, { ...options, progress, signal }).finally(() =>
    model.transforms?.close(),
  )
  const { rows, bad, badRows, resumed, absent } = summary
  const seconds = (performance.now() - begun) / 1000
  const rate = Math.round((rows - resumed) / seconds).toLocaleString('en-US')
  const before = resumed > 0 ? `, ${resumed} of them in the run before` : ''
  process.stderr.write(`${rows} rows scored${before} in ${seconds.toFixed(2)} s (${rate} rows/s)\n`)
  if (absent.length > 0) process.stderr.write(`${absentText(absent, input)}\n`)
  if (bad > 0) process.stderr.write(`${bad} rows do not fit the signature and are in ${badRows}\n`)
  if (!json) return
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  const used = { seconds, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakBytes: peakMemory() }
  process.stdout.write(`${JSON.stringify({ ok: true, output, ...summary, ...used })}\n`)
}

function fail(error: unknown): never {
  const text =
    error instanceof Failure ? describeFailure(error) : error instanceof Error ? error.stack : String(error)
  process.stderr.write(`${text}\n`)
  process.exit(1)
}

/** With `--json` there is one document on standard output in any case. */
function failScore(error: unknown, json: boolean): void {
  if (!(json && error instanceof Failure)) fail(error)
  process.stderr.write(`${describeFailure(error)}\n`)
  process.stdout.write(`${JSON.stringify({ ok: false, error: error.toData() })}\n`, () => process.exit(1))
}

async function runCommand(): Promise<void> {
  const command = parseArguments(process.argv.slice(2), process.env, folder)
  switch (command.kind) {
    case 'help':
      process.stdout.write(usage)
      break
    case 'serve':
      await runServe(command.settings).catch(fail)
      break
    case 'score':
      await runScore(command.input, command.output, command.options).catch((error: unknown) =>
        failScore(error, command.options.json),
      )
      break
    case 'verify':
      await runVerify(command.options).catch(fail)
      break
  }
}

// What a process or thread is for decides what it loads: a thread that scores has no use for an HTTP server.
if (!isMainThread && isScorerStart(workerData)) {
  const { runScorer } = await import('./scoring/scorer-thread.ts')
  await runScorer(workerData)
} else if (cluster.isWorker) {
  const { runWorker } = await import('./cluster/worker.ts')
  runWorker()
} else {
  try {
    await runCommand()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    // What is wrong comes last, where people and logs look for it.
    process.stderr.write(`${usage}\n${describeFailure(error)}\n`)
    process.exit(2)
  }
}
