import type { Report } from '../../../../shared/bundle/check.ts'
import type { BundleInfo } from '../../../../shared/contract/bundles.ts'
import type { VersionRef } from '../../../../shared/contract/models.ts'
import type { Packaging } from './use-packaging.ts'

export interface ReportEnding {
  /** The folder to show; null where none was written. */
  readonly bundle: { readonly path: string; readonly bytes: number } | null
  /** What to say of a bundle that failed; null for one that can be deployed. */
  readonly problem: { readonly message: string; readonly whatToDo: string } | null
}

/** Each with what it found: in the list of all checks they may be out of sight. */
function failedChecks({ checks }: Report): string {
  return checks
    .filter(({ status }) => status === 'failed')
    .map(({ name, detail }) => `${name}: ${detail}.`)
    .join(' ')
}

/** How a report ends: packaging that fails a check writes no bundle, while one that is verified again is there either way. */
export function reportEnding(work: Packaging['work'], version: VersionRef, report: Report): ReportEnding {
  const { ok, path, bytes } = report
  const bundle = { path, bytes }
  const title = `${version.name} v${version.version}`
  if (ok) return { bundle, problem: null }
  if (work === 'package') {
    const message = `${title} did not pass every check, so no bundle was written. ${failedChecks(report)}`
    const whatToDo = 'Correct what failed, and package again.'
    return { bundle: null, problem: { message, whatToDo } }
  }
  const message = `The bundle of ${title} did not pass every check. ${failedChecks(report)}`
  const whatToDo = 'Do not deploy it: move its folder away and package again.'
  return { bundle, problem: { message, whatToDo } }
}

/** What to know of a bundle's key before it is deployed; null for one of this workspace's own. */
export function signerWarning(signer: BundleInfo['signer']): string | null {
  if (signer === null)
    return 'This bundle is not signed: nobody vouches for its files. Deploying it asks once more.'
  if (signer.own) return null
  return `This bundle is signed by ${signer.fingerprint}, not this workspace's key. Make sure that you know whose it is.`
}
