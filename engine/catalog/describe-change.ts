import type { SourceFile, SourceTable } from '../../shared/catalog/sources.ts'
import { formatMinute } from '../../shared/formatting/format-minute.ts'

function counted(count: number, unit: string): string {
  return `${count.toLocaleString('en-US')} ${unit}${count === 1 ? '' : 's'}`
}

/** What became of a file that is not as a version read it: its size before and now, and when it was written. */
export function fileChanged(before: SourceFile, now: { bytes: number; modified: number }): string {
  const written = `written ${formatMinute(now.modified)}`
  return before.bytes === now.bytes
    ? `the file ${before.path} changed within the same ${counted(now.bytes, 'byte')}, ${written}`
    : `the file ${before.path} changed from ${before.bytes.toLocaleString('en-US')} to ${counted(now.bytes, 'byte')}, ${written}`
}

/** The columns with their types that a fingerprint begins with. */
function columnsOf(fingerprint: string): string[] {
  const described = fingerprint.replace(/^sample; /, '').replace(/; [^;]*; [^;]*$/, '')
  const columns: string[] = []
  let depth = 0
  let from = 0
  for (let i = 0; i < described.length; i += 1) {
    const letter = described[i]
    if (letter === '(') depth += 1
    if (letter === ')') depth -= 1
    if (letter === ',' && depth === 0) {
      columns.push(described.slice(from, i).trim())
      from = i + 1
    }
  }
  columns.push(described.slice(from).trim())
  return columns.filter((column) => column !== '')
}

/** What became of a table: rows and columns where these differ, else that its values do. */
export function tableChanged(before: SourceTable, now: SourceTable): string {
  const [old, next] = [columnsOf(before.fingerprint), columnsOf(now.fingerprint)]
  const gone = old.filter((column) => !next.includes(column))
  const added = next.filter((column) => !old.includes(column))
  const parts = [
    ...(gone.length > 0 ? [`without ${gone.join(', ')}`] : []),
    ...(added.length > 0 ? [`with ${added.join(', ')}`] : []),
  ]
  const what = `the table ${before.relation} changed`
  const columns = parts.length > 0 ? `, now ${parts.join(' and ')}` : ''
  if (before.rows !== now.rows) {
    return `${what} from ${before.rows.toLocaleString('en-US')} to ${counted(now.rows, 'row')}${columns}`
  }
  return columns === ''
    ? `${what}: other values in ${counted(now.rows, 'row')}, as many as before`
    : `${what}${columns}`
}
