import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Manifest, manifestSchema } from '../../shared/bundle/manifest.ts'
import { brokenSignature } from '../../shared/bundle/manifest-signature.ts'
import { checkSignedFiles, type SignedFilesCheck } from '../../shared/bundle/signed-files.ts'
import { storedReportFile } from '../../shared/bundle/stored-report.ts'
import { decodeJson } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'
import { signatureChecker } from './signature-checker.ts'

/** What is written beside the packaged files, and so not listed by the manifest: by runs, and by verification. */
const besideThePackaged = ['state', storedReportFile]

/** Of a bundle that is not as it was packaged. */
const wayOut = 'Copy the bundle again, or package the model version anew.'

/** @throws Failure `integrity` when there is no readable manifest */
export async function readManifest(folder: string): Promise<Manifest> {
  let text: string
  try {
    text = await readFile(join(folder, 'manifest.json'), 'utf8')
  } catch {
    throw new Failure(
      'integrity',
      `${folder} has no readable manifest.json, so it is not a bundle.`,
      'Point at a folder that `slipway package` wrote.',
    )
  }
  return decodeJson(manifestSchema, text, join(folder, 'manifest.json'), wayOut)
}

/** Whether the manifest, and the report beside it, are those that were signed, and with which key. */
export async function checkSigned(folder: string, manifest: Manifest): Promise<SignedFilesCheck> {
  const manifestText = await readFile(join(folder, 'manifest.json'), 'utf8')
  const reportText = await readFile(join(folder, storedReportFile), 'utf8').catch(() => null)
  return checkSignedFiles({ manifest, manifestText, reportText }, signatureChecker)
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
}

/** Compares every listed file with the manifest, and the report with its signature: one sentence a problem, each naming the file. */
export async function changedFiles(folder: string, manifest: Manifest): Promise<string[]> {
  const { reportProblem } = await checkSigned(folder, manifest)
  const problems = reportProblem === null ? [] : [reportProblem]
  const checks = manifest.files.map(async (file) => {
    try {
      const found = await sha256(join(folder, file.path))
      if (found === file.sha256) return
      problems.push(
        `${file.path} was changed: SHA-256 ${file.sha256.slice(0, 12)}… expected, ${found.slice(0, 12)}… found.`,
      )
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      problems.push(code === 'ENOENT' ? `${file.path} is missing.` : `${file.path} cannot be read (${code}).`)
    }
  })
  await Promise.all(checks)
  return problems.sort()
}

/** Files that the manifest does not list. Nothing loads them, so they do not keep a bundle from serving. */
export async function extraFiles(folder: string, manifest: Manifest): Promise<string[]> {
  const listed = new Set(manifest.files.map((file) => file.path))
  const problems: string[] = []
  for (const path of await filesUnder(folder)) {
    const top = path.split('/')[0] ?? ''
    if (path === 'manifest.json' || listed.has(path) || besideThePackaged.includes(top)) continue
    problems.push(`${path} is not in the manifest.`)
  }
  return problems.sort()
}

/** @throws Failure `integrity` naming the manifest that is not as signed, or every file that is not as the manifest says */
export async function assertIntegrity(folder: string, manifest: Manifest): Promise<void> {
  const { signed } = await checkSigned(folder, manifest)
  const problems = signed.kind === 'broken' ? [brokenSignature] : await changedFiles(folder, manifest)
  if (problems.length === 0) return
  throw new Failure(
    'integrity',
    `The bundle ${manifest.name}-${manifest.version} is not as it was packaged: ${problems.join(' ')}`,
    wayOut,
  )
}
