import type { TrainedRecord } from '../../shared/catalog/version.ts'
import { formatDuration } from '../../shared/formatting/format-duration.ts'
import { formatMinute } from '../../shared/formatting/format-minute.ts'
import { metricName } from '../../shared/metrics/metric-name.ts'
import { type Metrics, metricKeys } from '../../shared/metrics/metrics.ts'
import type { ModelSpec } from '../../shared/models/model-spec.ts'
import type { SplitMethod } from '../../shared/notebook/split-spec.ts'
import type { SignatureColumn } from '../../shared/signature/signature.ts'

const taskNames = { binary: 'two classes', multiclass: 'several classes', regression: 'a number' } as const

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function count(rows: number): string {
  return rows.toLocaleString('en-US')
}

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))
}

function rangeOf(column: SignatureColumn): string {
  if (column.type === 'numeric') return `${short(column.min ?? 0)} to ${short(column.max ?? 0)}`
  if (column.type === 'boolean') return 'true or false'
  if (column.type === 'text') return 'text'
  if (column.type === 'timestamp') {
    return [column.min ?? 0, column.max ?? 0].map(formatMinute).join(' to ')
  }
  const values = column.values ?? []
  const shown = values.slice(0, 6).join(', ')
  return values.length > 6 ? `${shown} and ${values.length - 6} more` : shown
}

function effort({ history }: TrainedRecord, model: ModelSpec): string {
  if (history.length === 0) return 'solved outright'
  return `${history.length} ${model.kind === 'gbdt' ? 'rounds' : 'epochs'}`
}

function modelLine(record: TrainedRecord, model: ModelSpec): string {
  if (model.kind === 'tfjs') {
    return `A model of tfjs, made in a TypeScript cell: ${model.layers.join(', ')}; ${count(model.parameters)} parameters.`
  }
  const settings = Object.entries(model)
    .filter(([key]) => key !== 'kind')
    .map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
  return `A ${model.kind} model${settings.length > 0 ? ` (${settings.join(', ')})` : ' with default settings'}, ${effort(record, model)} in ${formatDuration(record.durationMs)}.`
}

function metricRows(metrics: Metrics, naive: Metrics): string[][] {
  return metricKeys.flatMap((key) => {
    const value = metrics[key]
    const plain = naive[key]
    if (value === undefined) return []
    return [[metricName(key), value.toFixed(4), plain === undefined ? '–' : plain.toFixed(4)]]
  })
}

function splitWords(method: SplitMethod, column = ''): string {
  switch (method) {
    case 'random':
      return 'at random'
    case 'stratified':
      return 'at random within each class'
    case 'time':
      return `by the time \`${column}\`, the last to test`
    case 'group':
      return `at random by \`${column}\`, no value of it in two parts`
  }
}

function studies({ search, crossValidation, warnings }: TrainedRecord): string[] {
  const lines: string[] = []
  if (search) {
    const best = search.trials.find(({ trial }) => trial === search.best)
    const values = Object.entries(best?.parameters ?? {}).map(
      ([path, value]) => `\`${path}\` ${JSON.stringify(value)}`,
    )
    lines.push(
      `The best of ${search.trials.length} settings by ${metricName(search.metric)} (${short(best?.mean ?? 0)} ± ${short(best?.sd ?? 0)} over ${search.folds} folds outside the test rows): ${values.join(', ')}.`,
    )
  }
  if (crossValidation) {
    const { folds, repeats, summary } = crossValidation
    const rows = metricKeys.flatMap((key) => {
      const one = summary[key]
      if (!one) return []
      const interval =
        one.low === null || one.high === null ? '–' : `${one.low.toFixed(4)} to ${one.high.toFixed(4)}`
      return [[metricName(key), one.mean.toFixed(4), one.sd.toFixed(4), interval]]
    })
    lines.push(
      `Over ${folds} ${folds === 1 ? 'held-out part' : 'folds'}${repeats > 1 ? `, ${repeats} times with other seeds` : ''}:`,
      table(['Metric', 'Mean', 'sd', '95 % interval'], rows),
    )
  }
  if (warnings && warnings.length > 0) {
    lines.push('## Warnings', warnings.map(({ message }) => `- ${message}`).join('\n'))
  }
  return lines
}

function transformLines({ transforms }: TrainedRecord): string[] {
  if (!transforms) return []
  const { servingInput, cells, lookups, statistics } = transforms
  const tables = lookups.map(({ relation, rows }) => `\`${relation}\` (${count(rows)} rows)`).join(', ')
  return [
    '## SQL transforms',
    `A request carries columns of \`${servingInput}\`. The SQL of ${cells.map(({ cell }) => cell).join(', ')} makes the features of them, in training and in every request alike.${tables === '' ? '' : ` It reads ${tables}, copied at training time.`}`,
    ...(statistics.length === 0
      ? []
      : [
          'Frozen statistics, computed on the training rows only:',
          table(
            ['Cell', 'Expression', 'Value'],
            statistics.map(({ cell, expression, value }) => [cell, `\`${expression}\``, value]),
          ),
        ]),
  ]
}

/** Columns that a card lists; nobody reads thousands. */
const mostFeatures = 100

/**
 * The model card, `card.md`: what the model is, what it learned from and how well it does, for whoever meets it
 * without the notebook.
 */
export function writeCard(record: TrainedRecord, model: ModelSpec, naive: Metrics): string {
  const { signature, provenance, split, metrics } = record
  const { data, git } = provenance
  const classes = signature.target.classes?.map(String).join(', ')
  const method = record.spec.split?.method ?? (record.task === 'regression' ? 'random' : 'stratified')
  const more = signature.inputs.length - mostFeatures
  const features = signature.inputs
    .slice(0, mostFeatures)
    .map((column) => [column.name, column.type, rangeOf(column), column.missing ? 'accepted' : 'refused'])
  const origin = provenance.notebook
    ? `Cell \`${provenance.cell}\` of \`${provenance.notebook}\``
    : 'Trained outside a notebook'
  const lines = [
    `# ${record.name}`,
    `Predicts **${signature.target.name}** (${taskNames[record.task]}${classes ? `: ${classes}` : ''}) from ${count(signature.inputs.length)} columns.`,
    '## Model',
    modelLine(record, model),
    '## How well it does',
    `On ${count(split.test)} test rows that it never saw. Naive always predicts ${record.task === 'regression' ? 'the training mean' : 'the most frequent class'}.`,
    table(['Metric', 'Model', 'Naive'], metricRows(metrics, naive)),
    ...studies(record),
    '## Data',
    `${count(data.rows)} rows of the relation \`${data.relation}\`, split ${splitWords(method, record.spec.split?.column)}: ${count(split.train)} to train, ${count(split.validation)} to validate, ${count(split.test)} to test.`,
    '## Features',
    table(['Column', 'Type', 'Seen in training', 'Missing values'], features),
    ...(more > 0 ? [`And ${count(more)} more: the signature has all of them.`] : []),
    ...transformLines(record),
    '## Where it comes from',
    [
      `- ${origin}, ${formatMinute(Date.parse(record.created))}`,
      `- Content hash of the data: \`${data.contentHash}\``,
      git
        ? `- Git commit \`${git.commit}\`${git.branch ? ` on ${git.branch}` : ''}${git.dirty ? ', with uncommitted changes' : ''}`
        : '- No git repository',
      `- Slipway ${provenance.slipway}, Node ${provenance.node}, ${provenance.platform}${provenance.backend === 'none' ? '' : `, tensor backend ${provenance.backend}`}`,
    ].join('\n'),
  ]
  return `${lines.join('\n\n')}\n`
}
