import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { type Examples, examplesSchema, type Manifest, manifestSchema } from '../../shared/bundle/manifest.ts'
import { brokenSignature, unsignedBundle } from '../../shared/bundle/manifest-signature.ts'
import { checkSignedFiles, type SignedFilesCheck } from '../../shared/bundle/signed-files.ts'
import { storedReportFile } from '../../shared/bundle/stored-report.ts'
import { versionFiles } from '../../shared/catalog/version.ts'
import { decodeJson } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'
import { type Signature, signatureSchema } from '../../shared/signature/signature.ts'
import { signatureChecker } from './signature-checker.ts'

/** Of a bundle that is not as it was packaged. */
const wayOut = 'Copy the bundle again, or package the model version anew.'

/** @throws Failure `not-found` where there is no bundle, `integrity` where its manifest is not readable */
export async function readBundleManifest(folder: string): Promise<Manifest> {
  const path = join(folder, 'manifest.json')
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch {
    const there = await stat(folder).catch(() => null)
    if (there?.isFile()) {
      throw new Failure(
        'invalid-input',
        `${folder} is a file, expected the folder of a bundle.`,
        'Unpack an archive first, such as with `tar -xzf`.',
      )
    }
    throw new Failure(
      there ? 'integrity' : 'not-found',
      there ? `${folder} has no manifest.json, so it is not a bundle.` : `There is no bundle at ${folder}.`,
      'Choose a folder that `slipway package` wrote.',
    )
  }
  return decodeJson(manifestSchema, text, path, wayOut)
}

/** Whether the manifest, and the report beside it, are those that were signed, and with which key. */
export async function checkBundleSignature(folder: string, manifest: Manifest): Promise<SignedFilesCheck> {
  const manifestText = await readFile(join(folder, 'manifest.json'), 'utf8')
  const reportText = await readFile(join(folder, storedReportFile), 'utf8').catch(() => null)
  return checkSignedFiles({ manifest, manifestText, reportText }, signatureChecker)
}

/**
 * One sentence for a manifest that is not what was signed and for every file that is missing or not as the
 * manifest says. A manifest without a signature is taken as it is.
 */
export async function changedBundleFiles(folder: string, manifest: Manifest): Promise<string[]> {
  const { signed, reportProblem } = await checkBundleSignature(folder, manifest)
  if (signed.kind === 'broken') return [brokenSignature]
  const root = resolve(folder) + sep
  const problems = await Promise.all(
    manifest.files.map(async ({ path, sha256 }) => {
      const absolute = resolve(folder, path)
      if (!absolute.startsWith(root)) return `${path} lies outside the bundle.`
      const bytes = await readFile(absolute).catch(() => null)
      if (bytes === null) return `${path} is missing or cannot be read.`
      const found = createHash('sha256').update(bytes).digest('hex')
      return found === sha256 ? null : `${path} was changed since it was packaged.`
    }),
  )
  return [reportProblem, ...problems].filter((problem) => problem !== null)
}

/** What a bundle's folder is called unless somebody says otherwise. */
export function bundleTitle(name: string, version: number, target: string): string {
  return `${name}-${version}${target === 'any' ? '' : `-${target}`}`
}

/** The platform of this process, as a bundle's target. */
export const hostTarget = (): string => `${process.platform}-${process.arch}`

/** The bundle's own Node, to start it on, where it carries one for this platform. */
export function bundleNode(folder: string, manifest: Manifest): { node?: string } {
  if (manifest.runtime.target !== hostTarget()) return {}
  return { node: join(resolve(folder), 'runtime', process.platform === 'win32' ? 'node.exe' : 'node') }
}

/**
 * @param shown what messages call it
 * @throws Failure `integrity` naming each file that is not as packaged
 */
export async function assertBundleWhole(folder: string, manifest: Manifest, shown = folder): Promise<void> {
  const problems = await changedBundleFiles(folder, manifest)
  if (problems.length === 0) return
  throw new Failure(
    'integrity',
    `The bundle ${shown} is not as it was packaged: ${problems.join(' ')}`,
    wayOut,
  )
}

/**
 * The manifest of a bundle that may be deployed: it is whole, and signed unless that is not asked for. Anybody could have
 * written one that is not, or have taken the signature from one that was and changed it.
 *
 * @throws Failure `not-found`, `integrity`, `unsigned`
 */
export async function readTrustedManifest(folder: string, allowUnsigned = false): Promise<Manifest> {
  const manifest = await readBundleManifest(folder)
  await assertBundleWhole(folder, manifest)
  if (manifest.signature !== undefined || allowUnsigned) return manifest
  throw new Failure(
    'unsigned',
    `The bundle ${folder} cannot be trusted: ${unsignedBundle}.`,
    'Package the model version anew, or add --allow-unsigned to `slipway deploy` or `swap` if you know where it is from.',
  )
}

export async function readBundleSignature(folder: string): Promise<Signature> {
  const path = join(folder, versionFiles.signature)
  return decodeJson(signatureSchema, await readFile(path, 'utf8'), path, wayOut)
}

export async function readBundleExamples(folder: string): Promise<Examples> {
  const path = join(folder, versionFiles.examples)
  return decodeJson(examplesSchema, await readFile(path, 'utf8'), path, wayOut)
}
