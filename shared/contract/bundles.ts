import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { checkSchema, reportSchema } from '../bundle/check.ts'
import { targetSchema } from '../bundle/manifest.ts'
import { storedReportSchema } from '../bundle/stored-report.ts'
import { nothing, procedure } from './base.ts'
import { versionRef, why } from './models.ts'

/** A bundle as one file, `.tar.gz`. */
const archiveSchema = z.strictObject({ path: z.string(), bytes: z.number() })
export type BundleArchive = z.infer<typeof archiveSchema>

export const bundleInfoSchema = z.strictObject({
  path: z.string(),
  name: z.string(),
  version: z.number().int(),
  created: z.string(),
  bytes: z.number(),
  target: targetSchema,
  /** Beside its folder; null where there is none, or one that is older than the folder. */
  archive: archiveSchema.nullable(),
  /** Whose key its manifest names; null where it is not signed. */
  signer: z.strictObject({ fingerprint: z.string(), own: z.boolean() }).nullable(),
})
export type BundleInfo = z.infer<typeof bundleInfoSchema>

export const packageEventSchema = z.discriminatedUnion('type', [
  /** `fraction` of the whole, 0 to 1. */
  z.strictObject({ type: z.literal('step'), title: z.string(), fraction: z.number() }),
  /** A check that is about to run is announced with `running`. */
  z.strictObject({ type: z.literal('running'), check: z.string(), fraction: z.number() }),
  z.strictObject({ type: z.literal('check'), check: checkSchema, fraction: z.number() }),
  z.strictObject({ type: z.literal('done'), report: reportSchema }),
])
export type PackageEvent = z.infer<typeof packageEventSchema>

export const bundlesContract = {
  /** Bundles under `.slipway/bundles/`, newest first. */
  list: procedure.input(nothing).output(z.array(bundleInfoSchema)),
  /** Default `out`: `.slipway/bundles/<name>-<version>`. Dropping the iterator cancels and removes what was written. */
  package: procedure
    .input(versionRef.extend({ out: z.string().optional(), target: targetSchema.optional() }))
    .output(eventIterator(packageEventSchema)),
  /** Packs a bundle's folder as one file beside it, with the bytes that `slipway package --archive` writes. */
  archive: procedure.input(z.strictObject({ path: z.string() })).output(archiveSchema),
  /** Bounds that the metrics of a model's versions have to keep to be packaged, such as `auc >= champion - 0.01`. */
  gates: procedure.input(z.strictObject({ name: z.string() })).output(z.array(z.string())),
  setGates: procedure
    .input(z.strictObject({ name: z.string(), gates: z.array(z.string()), why }))
    .output(nothing),
  /** What a version can be packaged for; the first is what it is packaged for unless another is asked for. */
  targets: procedure.input(versionRef).output(z.array(targetSchema)),
  verify: procedure.input(z.strictObject({ path: z.string() })).output(eventIterator(packageEventSchema)),
  /** How the bundles of a version were verified when they were packaged, newest first, one for each target. */
  reports: procedure.input(versionRef).output(z.array(storedReportSchema)),
  /** Shows the folder in the system's file manager, where there is one. */
  reveal: procedure.input(z.strictObject({ path: z.string() })).output(nothing),
}
