import { columnChanges, describeColumnChanges } from '../../shared/catalog/diff-versions.ts'
import type { Comparison } from '../../shared/contract/evaluation.ts'
import type { EvaluationReport } from '../../shared/evaluation/evaluation-report.ts'
import { specDiff } from '../../shared/evaluation/spec-diff.ts'
import type { Session } from '../data/database.ts'
import type { EvaluationJob } from './evaluation-job.ts'
import { matchRows, sharedRowsTable } from './match-rows.ts'
import { readFeatures, readScores } from './read-held-out.ts'
import type { EvaluatedVersion } from './version-parts.ts'

/** Fewer rows than these are no ground for a comparison, unless they are most of what there is. */
const fewestShared = 100

type CompareJob = Extract<EvaluationJob, { kind: 'compare' }>

function nameOf({ ref }: EvaluatedVersion): string {
  return `${ref.name} version ${ref.version}`
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** Imported versions were given their rows: what their models were trained on is not known. */
const imported = ({ record }: EvaluatedVersion) => record.provenance.imported !== undefined

/** How the rows that versions are measured on came to be theirs. */
function kindOfRows(versions: readonly EvaluatedVersion[]): string {
  if (versions.every(imported)) return 'given rows'
  return versions.some(imported) ? 'held-out or given rows' : 'held-out rows'
}

/** A sentence about the versions that may have seen any row, with a space before it; empty where none was imported. */
function notKnown(versions: readonly EvaluatedVersion[]): string {
  const names = versions.filter(imported).map(nameOf)
  if (names.length === 0) return ''
  return ` Whether ${listed(names)} saw these rows in training is not known, because ${names.length === 1 ? 'it was' : 'they were'} imported.`
}

function counted(rows: number): string {
  return `${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}`
}

/** Whether a version reads nothing that the first one's kept rows do not hold in the same form. */
function canScore(version: EvaluatedVersion, first: EvaluatedVersion): boolean {
  const kept = first.file.heldOut.columns.filter((column) => column.role === 'feature')
  return version.file.heldOut.columns
    .filter((column) => column.role === 'feature')
    .every((column) =>
      kept.some(
        ({ name, kind, sourceType }) =>
          name === column.name && kind === column.kind && sourceType === column.sourceType,
      ),
    )
}

async function onSharedRows(session: Session, versions: readonly EvaluatedVersion[], rows: number) {
  const found: CompareJob['versions'] = []
  for (const [i, version] of versions.entries()) {
    const { outputs } = version.file.heldOut
    const places = `(select place, r${i} as r from ${sharedRowsTable})`
    const { actual, scores } = await readScores(session, { path: version.source.path, rows, places }, outputs)
    found.push({ actual, scored: { task: version.record.task, outputs, scores } })
  }
  return found
}

async function onFirstRows(session: Session, versions: readonly EvaluatedVersion[], first: EvaluatedVersion) {
  const found: CompareJob['versions'] = []
  for (const version of versions) {
    if (version === first) found.push(...(await onOwnRows(session, [first])))
    else {
      const model = await version.model()
      const { batch, actual } = await readFeatures(session, first.source, model.pipeline)
      found.push({ actual, scored: { model, batch: { ...batch, columns: [...batch.columns] } } })
    }
  }
  return found
}

async function onOwnRows(session: Session, versions: readonly EvaluatedVersion[]) {
  const found: CompareJob['versions'] = []
  for (const { source, file, record } of versions) {
    const { outputs } = file.heldOut
    const { actual, scores } = await readScores(session, source, outputs)
    found.push({ actual, scored: { task: record.task, outputs, scores } })
  }
  return found
}

/** Which columns of the first version each other one lacks, and which it has beside them. */
function columnsApart(versions: readonly EvaluatedVersion[], first: EvaluatedVersion): string {
  return versions
    .filter((version) => version !== first)
    .map((version) => {
      const words = describeColumnChanges(columnChanges(first.record.signature, version.record.signature))
      return words === null ? '' : `From ${nameOf(first)} to ${nameOf(version)}: ${words} `
    })
    .join('')
}

/**
 * Chooses the rows to compare on: those that every version held out; else the first one's held-out rows, scored anew
 * by the others; else each its own. An imported version's rows are those it was given, of which nobody knows whether
 * its model was trained on them, and the comparison says so.
 */
export async function comparisonJob(
  session: Session,
  versions: readonly EvaluatedVersion[],
): Promise<{ basis: Comparison['basis']; curves: Comparison['curves']; job: CompareJob }> {
  const [first] = versions
  if (!first) throw new Error('There is no version to compare.')
  const sameTarget = versions.every(
    ({ record }) => JSON.stringify(record.signature.target) === JSON.stringify(first.record.signature.target),
  )
  const rows = sameTarget
    ? await matchRows(
        session,
        versions.map(({ source, file }) => ({ path: source.path, file })),
      )
    : 0
  const { signature } = first.record
  const unknown = notKnown(versions)
  const keptByAll = unknown === '' ? 'held out by all versions' : 'kept by all versions'
  const own: Comparison['curves'] = {
    kind: 'separate',
    rows: versions.map(({ file }) => file.report.rows),
    says: sameTarget
      ? `${rows === 0 ? `No row was ${keptByAll}` : `Only ${counted(rows)} ${rows === 1 ? 'was' : 'were'} ${keptByAll}`}, so each curve is drawn on its version’s own ${kindOfRows(versions)}.`
      : `The versions have different targets, so each curve is drawn on its version’s own ${kindOfRows(versions)}.`,
  }
  if (rows >= Math.min(fewestShared, first.source.rows / 2) && rows > 1) {
    return {
      basis: {
        kind: unknown === '' ? 'shared' : 'given',
        rows,
        says:
          unknown === ''
            ? `Compared on the ${counted(rows)} that every version held out, so none was trained on any of them.`
            : `Compared on the ${counted(rows)} that every version keeps.${unknown}`,
      },
      curves: {
        kind: 'shared',
        rows: versions.map(() => rows),
        says: `Every curve is drawn on the same ${counted(rows)}, ${keptByAll}.${unknown}`,
      },
      job: {
        kind: 'compare',
        paired: true,
        curves: true,
        signature,
        versions: await onSharedRows(session, versions, rows),
      },
    }
  }
  if (sameTarget && versions.every((version) => version === first || canScore(version, first))) {
    return {
      basis: {
        kind: 'first',
        rows: first.source.rows,
        says: `Compared on the ${counted(first.source.rows)} that ${nameOf(first)} ${imported(first) ? 'was given' : 'held out'}. The versions share only ${counted(rows)} ${keptByAll}, so the others may have been trained on some of these and look better than they are.${imported(first) ? notKnown([first]) : ''}`,
      },
      curves: own,
      job: {
        kind: 'compare',
        paired: true,
        curves: false,
        signature,
        versions: await onFirstRows(session, versions, first),
      },
    }
  }
  return {
    basis: {
      kind: 'separate',
      rows: Math.min(...versions.map(({ source }) => source.rows)),
      says: sameTarget
        ? `Each version is measured on its own ${kindOfRows(versions)}: they read different columns, so no rows can be shared. ${columnsApart(versions, first)}The differences have no intervals.`
        : `Each version is measured on its own ${kindOfRows(versions)}: their targets differ. The differences have no intervals.`,
    },
    curves: own,
    job: {
      kind: 'compare',
      paired: false,
      curves: false,
      signature,
      versions: await onOwnRows(session, versions),
    },
  }
}

/**
 * What is beside the metrics: the versions and where their specs differ.
 *
 * @param reports of the rows compared, per version; null for the report that each was registered with
 */
export function comparedVersions(
  versions: readonly EvaluatedVersion[],
  reports: readonly EvaluationReport[] | null,
): Pick<Comparison, 'versions' | 'spec'> {
  return {
    versions: versions.map(({ ref, record, file }, i) => ({
      ...ref,
      created: record.created,
      metrics: record.metrics,
      report: reports?.[i] ?? file.report,
    })),
    spec: specDiff(versions.map(({ record }) => record.search?.spec ?? record.spec)).map(
      ({ path, values }) => ({
        path,
        values: values.map((value) => value ?? null),
      }),
    ),
  }
}
