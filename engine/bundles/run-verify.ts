import { join } from 'node:path'
import { z } from 'zod'
import { type Check, checkSchema, type Report, reportSchema } from '../../shared/bundle/check.ts'
import { brokenSignature, unsignedBundle } from '../../shared/bundle/manifest-signature.ts'
import type { PackageEvent } from '../../shared/contract/bundles.ts'
import { decodeJson } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'
import type { ProcessPort } from '../deployments/process-port.ts'
import { lentDuckDb } from './lent-duckdb.ts'
import { bundleNode, changedBundleFiles, readBundleManifest } from './read-bundle.ts'

/** The name that the bundle's own verification gives this check. */
const signedCheck = 'Manifest is signed'

/** The lines of `server.mjs verify --events`. */
const lineSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('running'), check: z.string(), of: z.number() }),
  z.strictObject({ type: z.literal('check'), check: checkSchema, of: z.number() }),
  z.strictObject({ type: z.literal('done'), report: reportSchema }),
])

export interface RunVerify {
  folder: string
  processes: ProcessPort
  signal?: AbortSignal
  onEvent: (event: PackageEvent) => void
  /** Verifies a bundle without a signature all the same. */
  allowUnsigned?: boolean
  /** The fingerprint of the asking workspace's key, which is then told from others. */
  ownKey?: string | null
  /** Where this begins and ends on the whole's way from 0 to 1. */
  from?: number
  to?: number
}

/**
 * Runs a bundle's own verification in a process with no environment but the DuckDB it may be lent, and where the system can, without a network.
 * Nothing of a bundle is run whose files were changed, or whose files nobody vouches for unless that is allowed.
 *
 * @throws Failure `not-found` or `integrity` without a readable manifest, `cancelled` after `signal`
 */
export async function runVerify(options: RunVerify): Promise<Report> {
  const { folder, processes, signal, onEvent, ownKey = null, from = 0, to = 1 } = options
  const { allowUnsigned = false } = options
  const manifest = await readBundleManifest(folder)
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0)
  const refused = (name: string, detail: string): Report => {
    const check: Check = { name, status: 'failed', detail }
    onEvent({ type: 'running', check: check.name, fraction: from })
    onEvent({ type: 'check', check, fraction: to })
    return { ok: false, path: folder, bytes, checks: [check] }
  }
  const changed = await changedBundleFiles(folder, manifest)
  if (changed.includes(brokenSignature)) return refused(signedCheck, changed.join(' '))
  if (changed.length > 0) return refused('Files are as packaged', changed.join(' '))
  if (manifest.signature === undefined && !allowUnsigned) {
    return refused(
      signedCheck,
      `${unsignedBundle}. \`slipway verify --allow-unsigned\` checks it all the same.`,
    )
  }
  const program = processes.start({
    script: join(folder, 'server.mjs'),
    args: ['verify', '--events'],
    // For Parquet; the server that it starts gets an empty environment all the same.
    env: { ...lentDuckDb(folder), ...(allowUnsigned ? { SLIPWAY_ALLOW_UNSIGNED: '1' } : {}) },
    cwd: folder,
    isolated: true,
    ...bundleNode(folder, manifest),
  })
  const stop = () => program.stop()
  signal?.addEventListener('abort', stop, { once: true })
  const withSigner = (check: Check): Check => {
    if (ownKey === null || check.name !== signedCheck || check.status !== 'passed') return check
    const whose = check.detail.endsWith(ownKey) ? "this workspace's key" : "not this workspace's key"
    return { ...check, detail: `${check.detail}, ${whose}` }
  }
  const checks: Check[] = []
  let report: Report | null = null
  let problems = ''
  let rest = ''
  const readLine = (line: string) => {
    const event = decodeJson(lineSchema, line, 'The verification')
    if (event.type === 'done') {
      report = { ...event.report, checks: event.report.checks.map(withSigner) }
    } else if (event.type === 'running') {
      onEvent({
        type: 'running',
        check: event.check,
        fraction: from + ((to - from) * checks.length) / event.of,
      })
    } else {
      const check = withSigner(event.check)
      checks.push(check)
      onEvent({
        type: 'check',
        check,
        fraction: from + ((to - from) * checks.length) / event.of,
      })
    }
  }
  program.output((stream, text) => {
    if (stream === 'stderr') {
      problems = (problems + text).slice(-2000)
      return
    }
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) readLine(line)
  })
  if (signal?.aborted) stop()
  try {
    await program.pid
    await program.exited
  } finally {
    signal?.removeEventListener('abort', stop)
  }
  if (signal?.aborted) {
    throw new Failure('cancelled', 'The verification was stopped.', 'Verify again when you need it.')
  }
  // Cast back: assignments inside the callback are not seen by the narrowing.
  const done = report as Report | null
  if (done !== null) return { ...done, path: folder }
  const check: Check = {
    name: 'Verification ran to its end',
    status: 'failed',
    detail: problems.trim() || 'the process ended without a report',
  }
  onEvent({ type: 'check', check, fraction: to })
  return { ok: false, path: folder, bytes, checks: [...checks, check] }
}
