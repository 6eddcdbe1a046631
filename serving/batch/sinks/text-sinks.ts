/** HOT: scored rows as CSV and NDJSON text (benchmark: bench/batch.ts). Lines of the same format pass through as bytes. */
import type { Label } from '../../../shared/signature/signature.ts'
import { csvCell } from '../../rows/csv.ts'
import { plainValue } from '../plain-value.ts'
import type { ChunkColumn, ColumnType } from '../row-chunk.ts'
import type { ScoredChunk } from '../score-chunk.ts'
import { createGrowingBytes, type GrowingBytes } from './growing-bytes.ts'
import { createPartialFile } from './partial-file.ts'
import type { Sink } from './sink.ts'

const comma = 44
const lineFeed = 10
const closeBrace = 125
const openBrace = 123

/** A text sink: `rows` writes a chunk; `head` the bytes that stand before the first. */
function textSink(path: string, head: string, rows: (scored: ScoredChunk, out: GrowingBytes) => void): Sink {
  const file = createPartialFile(path)
  const out = createGrowingBytes()
  return {
    async open(resume) {
      const kept = await file.open(resume)
      if (kept === null && head !== '') await file.append(Buffer.from(head))
      return kept
    },
    async write(scored) {
      out.reset()
      rows(scored, out)
      await file.append(out.taken())
    },
    commit: (state) => file.commit(state),
    finish: () => file.finish(),
    abandon: (keep) => file.abandon(keep),
  }
}

function csvText(value: unknown, type: ColumnType, textCell: boolean): string {
  const plain = plainValue(value, type, textCell)
  return plain === null ? '' : typeof plain === 'string' ? csvCell(plain) : String(plain)
}

/** Texts of labels, made once each. */
function labelTexts(write: (label: Label) => string): (label: Label) => string {
  const texts = new Map<Label, string>()
  return (label) => {
    // Values of a regression do not repeat.
    if (typeof label === 'number' && !Number.isInteger(label)) return write(label)
    let text = texts.get(label)
    if (text === undefined) {
      text = write(label)
      if (texts.size < 10_000) texts.set(label, text)
    }
    return text
  }
}

export function createCsvSink(
  path: string,
  columns: readonly ChunkColumn[],
  added: readonly ChunkColumn[],
): Sink {
  const head = `${[...columns, ...added].map(({ name }) => csvCell(name)).join(',')}\n`
  const labelText = labelTexts((label) => csvCell(String(label)))
  const classes = added.length - 1
  return textSink(path, head, ({ chunk, kept, labels, probabilities }, out) => {
    const lines = chunk.lines?.format === 'csv' ? chunk.lines : null
    for (let i = 0; i < kept.length; i++) {
      const row = kept[i]!
      if (lines !== null) {
        out.copy(lines.bytes, lines.starts[row]!, lines.ends[row]!)
      } else {
        for (let c = 0; c < columns.length; c++) {
          if (c > 0) out.byte(comma)
          out.text(csvText(chunk.values[c]?.[row], columns[c]!.type, chunk.textCells))
        }
      }
      // A row without columns has nothing before its prediction.
      if (columns.length > 0) out.byte(comma)
      out.text(labelText(labels[i]!))
      for (let k = 0; k < classes; k++) {
        out.byte(comma)
        out.text(String(probabilities[i * classes + k]))
      }
      out.byte(lineFeed)
    }
  })
}

function jsonText(value: unknown, type: ColumnType, textCell: boolean): string {
  const plain = plainValue(value, type, textCell)
  if (typeof plain === 'bigint') return String(plain)
  if (typeof plain === 'string' && type.sql === 'JSON') return plain
  return typeof plain === 'number' && !Number.isFinite(plain) ? 'null' : JSON.stringify(plain)
}

export function createNdjsonSink(
  path: string,
  columns: readonly ChunkColumn[],
  added: readonly ChunkColumn[],
): Sink {
  const keys = columns.map(({ name }) => `${JSON.stringify(name)}:`)
  const addedKeys = added.map(({ name }) => `${JSON.stringify(name)}:`)
  const labelText = labelTexts((label) => JSON.stringify(label))
  const classes = added.length - 1
  return textSink(path, '', ({ chunk, kept, labels, probabilities }, out) => {
    const lines = chunk.lines?.format === 'ndjson' ? chunk.lines : null
    for (let i = 0; i < kept.length; i++) {
      const row = kept[i]!
      let empty = columns.length === 0
      if (lines !== null) {
        let end = lines.ends[row]! - 1
        while (lines.bytes[end - 1]! <= 32) end--
        empty = lines.bytes[end - 1] === openBrace
        out.copy(lines.bytes, lines.starts[row]!, end)
      } else {
        out.byte(openBrace)
        for (let c = 0; c < columns.length; c++) {
          if (c > 0) out.byte(comma)
          out.text(keys[c]!)
          out.text(jsonText(chunk.values[c]?.[row], columns[c]!.type, chunk.textCells))
        }
      }
      if (!empty) out.byte(comma)
      out.text(addedKeys[0]!)
      out.text(labelText(labels[i]!))
      for (let k = 0; k < classes; k++) {
        out.byte(comma)
        out.text(addedKeys[k + 1]!)
        out.text(String(probabilities[i * classes + k]))
      }
      out.byte(closeBrace)
      out.byte(lineFeed)
    }
  })
}
