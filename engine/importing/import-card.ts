import type { TrainedRecord } from '../../shared/catalog/version.ts'

/** The model card of a version that was trained elsewhere. */
export function importCard(record: TrainedRecord, notes: readonly string[]): string {
  const { signature, provenance, metrics, name } = record
  const { imported, data } = provenance
  const classes = signature.target.classes?.map(String).join(', ')
  const rows = signature.inputs.map(({ name: column, type, values }) => {
    const seen = values ? values.slice(0, 6).join(', ') : ''
    return `| ${column.replaceAll('|', '\\|')} | ${type} | ${seen.replaceAll('|', '\\|')} |`
  })
  const values = Object.entries(metrics).map(([key, value]) => `| ${key} | ${value.toFixed(4)} |`)
  const lines = [
    `# ${name}`,
    `Predicts **${signature.target.name}**${classes ? ` (${classes})` : ''} from ${signature.inputs.length} columns.`,
    '## Where it comes from',
    `Imported from \`${imported?.file}\`, written by ${imported?.producer}; SHA-256 \`${imported?.sha256}\`. It was not trained here, so what it learned from is not known to this catalog.`,
    ...notes,
    ...(values.length > 0
      ? [
          `## On ${data.rows.toLocaleString('en-US')} rows of \`${data.relation}\``,
          'Whether the model saw these rows in training is not known.',
          ['| Metric | Value |', '| --- | --- |', ...values].join('\n'),
        ]
      : []),
    '## Columns',
    ['| Column | Type | Values |', '| --- | --- | --- |', ...rows].join('\n'),
  ]
  return `${lines.join('\n\n')}\n`
}
