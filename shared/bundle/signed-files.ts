import { decodeJson } from '../decode.ts'
import type { Manifest } from './manifest.ts'
import { checkManifestSignature, type Signed, signedText } from './manifest-signature.ts'
import type { SignatureChecker } from './signature-checker.ts'
import { type StoredReport, storedReportFile, storedReportSchema } from './stored-report.ts'

/** How packaging writes `manifest.json` and `verification.json`: a value has one text. */
export const signedFileText = (value: Manifest | StoredReport): string =>
  `${JSON.stringify(value, null, 2)}\n`

/** Spaces, escapes and keys that stand twice change a text, and nothing of what it says. */
function isAsWritten(text: string): boolean {
  return `${JSON.stringify(JSON.parse(text), null, 2)}\n` === text
}

/** The two files of a bundle that no digest in the manifest covers, as they lie in the folder. */
export interface SignedFiles {
  manifest: Manifest
  manifestText: string
  /** Null: there is none. */
  reportText: string | null
}

export interface SignedFilesCheck {
  signed: Signed
  /** A sentence that names the report where it is not the signed one of this manifest. */
  reportProblem: string | null
}

function whyNotSigned(files: SignedFiles, reportText: string, checker: SignatureChecker): string | null {
  let report: StoredReport
  try {
    report = decodeJson(storedReportSchema, reportText, 'it')
  } catch {
    return 'it is no report'
  }
  if (!isAsWritten(reportText)) return 'it is not as packaging writes it'
  if (report.signature === undefined) return 'it is not signed'
  if (report.signature.publicKey !== files.manifest.signature?.publicKey)
    return 'it is signed with another key than the manifest'
  if (!checker.verify(signedText(report), report.signature.publicKey, report.signature.value))
    return 'its signature does not fit what it says'
  return report.manifest === checker.sha256(files.manifestText, 'hex') ? null : 'it is of another manifest'
}

/**
 * Whether the manifest is the one that was signed, to the last byte, and the verification report the one that was signed
 * with it. An unsigned manifest vouches for no report.
 */
export function checkSignedFiles(files: SignedFiles, checker: SignatureChecker): SignedFilesCheck {
  const { manifest, manifestText, reportText } = files
  const found = checkManifestSignature(manifest, checker)
  const signed: Signed =
    found.kind === 'signed' && !isAsWritten(manifestText) ? { ...found, kind: 'broken' } : found
  if (reportText === null || signed.kind !== 'signed') return { signed, reportProblem: null }
  const why = whyNotSigned(files, reportText, checker)
  return { signed, reportProblem: why === null ? null : `${storedReportFile} was changed: ${why}.` }
}
