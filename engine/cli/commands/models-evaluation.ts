import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Comparison } from '../../../shared/contract/evaluation.ts'
import type { Estimate } from '../../../shared/evaluation/bootstrap.ts'
import type { OpenWorkspace } from '../../open-workspace.ts'
import { writeFailure } from '../../workspace/atomic-write.ts'
import type { Terminal } from '../command.ts'
import { table } from '../table.ts'

const never = new AbortController().signal

/** `models <version> --report <file>`: writes the evaluation as one HTML document. */
export async function writeEvaluation(
  opened: OpenWorkspace,
  reference: string,
  file: string,
  json: boolean,
  terminal: Terminal,
): Promise<number> {
  const version = await opened.catalog.resolve(reference)
  const { html } = await opened.evaluation.exportHtml(version, never)
  const path = resolve(file)
  try {
    await writeFile(path, html)
  } catch (error) {
    throw writeFailure(error, path)
  }
  const bytes = Buffer.byteLength(html)
  terminal.out(
    json ? JSON.stringify({ ok: true, path, bytes }) : `Wrote ${path} (${Math.round(bytes / 1000)} kB).`,
  )
  return 0
}

function text(estimate: Estimate | null | undefined): string {
  if (!estimate) return '–'
  const short = (value: number) => value.toPrecision(4)
  if (estimate.low === null || estimate.high === null) return short(estimate.value)
  return `${short(estimate.value)} (${short(estimate.low)} to ${short(estimate.high)})`
}

function describe({ versions, basis, metrics, spec }: Comparison): string {
  const names = versions.map(({ name, version }) => `${name}:${version}`)
  const heads = ['metric', ...names, ...names.slice(1).map((name) => `${name} − ${names[0]}`)]
  const rows = metrics.map(({ key, estimates, differences }) => [
    key,
    ...estimates.map(text),
    ...differences.slice(1).map(text),
  ])
  const changed = spec.map(({ path, values }) => [path, ...values.map((value) => value ?? '–')])
  return [
    table(heads, rows),
    `${basis.says} In brackets 95 % bootstrap intervals.`,
    changed.length === 0 ? 'The train cells are the same.' : table(['spec', ...names], changed),
  ].join('\n\n')
}

/** `models <version> <version>… --compare`: the first one is what the others are measured against. */
export async function compareVersions(
  opened: OpenWorkspace,
  references: readonly string[],
  json: boolean,
  terminal: Terminal,
): Promise<number> {
  const versions = []
  for (const reference of references) versions.push(await opened.catalog.resolve(reference))
  const comparison = await opened.evaluation.compare(versions, never)
  terminal.out(json ? JSON.stringify(comparison) : describe(comparison))
  return 0
}
