import { z } from 'zod'
import { decode } from '../decode.ts'
import { parseJson } from '../decoding/parse-json.ts'
import { Failure } from '../failure.ts'
import { type Cell, type CellKind, cellKinds, type Notebook } from './notebook.ts'
import { stableJson } from './stable-json.ts'

/**
 * Key inside `Cell.foreign` for what nbformat keeps outside the cell's metadata, or under `metadata.slipway` by a
 * newer Slipway: raw cells, attachments, kinds unknown here. It goes back where it came from on writing.
 */
export const originalKey = 'slipway:original'

const originalSchema = z.looseObject({
  cellType: z.string().optional(),
  kind: z.string().optional(),
  attachments: z.unknown().optional(),
  slipway: z.record(z.string(), z.unknown()).optional(),
})
type Original = z.infer<typeof originalSchema>

const recordSchema = z.record(z.string(), z.unknown())
const textSchema = z.union([z.string(), z.array(z.string())])

const fileCellSchema = z.looseObject({
  cell_type: z.string(),
  id: z.unknown().optional(),
  metadata: recordSchema.default({}),
  source: textSchema.default(''),
  attachments: z.unknown().optional(),
})
const fileSchema = z.looseObject({
  nbformat: z.number(),
  nbformat_minor: z.number(),
  metadata: recordSchema.default({}),
  cells: z.array(fileCellSchema),
})
type FileCell = z.infer<typeof fileCellSchema>

const languageIds: Record<CellKind, string | null> = {
  sql: 'sql',
  typescript: 'typescript',
  train: 'json',
  chart: 'json',
  check: 'sql',
  markdown: null,
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function kindOf(cell: FileCell, slipway: Record<string, unknown>, languageId: unknown): CellKind {
  const known = cellKinds.find((kind) => kind === slipway.kind)
  if (known && (known === 'markdown') === (cell.cell_type === 'markdown')) return known
  if (cell.cell_type !== 'code' || slipway.kind !== undefined) return 'markdown'
  return languageId === 'sql' ? 'sql' : 'typescript'
}

function without(record: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)))
}

/** What does not fit `Cell`, or null when everything does. */
function originalOf(cell: FileCell, slipway: Record<string, unknown>, kind: CellKind): Original | null {
  const original: Original = {}
  const plainType = kind === 'markdown' ? 'markdown' : 'code'
  if (cell.cell_type !== plainType) original.cellType = cell.cell_type
  if (typeof slipway.kind === 'string' && slipway.kind !== kind) original.kind = slipway.kind
  if (cell.attachments !== undefined) original.attachments = cell.attachments
  const rest = without(slipway, ['kind', 'name', 'materialize', 'disabled'])
  if (Object.keys(rest).length > 0) original.slipway = rest
  return Object.keys(original).length > 0 ? original : null
}

function parseCell(cell: FileCell, id: string): Cell {
  const slipway = isRecord(cell.metadata.slipway) ? cell.metadata.slipway : {}
  const vscode = isRecord(cell.metadata.vscode) ? cell.metadata.vscode : {}
  const kind = kindOf(cell, slipway, vscode.languageId)
  const foreign = without(cell.metadata, ['slipway', 'vscode', 'tags'])
  const vscodeRest = without(vscode, ['languageId'])
  if (Object.keys(vscodeRest).length > 0) foreign.vscode = vscodeRest
  const original = originalOf(cell, slipway, kind)
  if (original) foreign[originalKey] = original
  const tags = cell.metadata.tags
  const { materialize } = slipway
  return {
    id,
    kind,
    name: typeof slipway.name === 'string' ? slipway.name : '',
    source: typeof cell.source === 'string' ? cell.source : cell.source.join(''),
    ...(kind === 'sql' && (materialize === 'view' || materialize === 'table') ? { materialize } : {}),
    ...(typeof slipway.disabled === 'boolean' ? { disabled: slipway.disabled } : {}),
    ...(Array.isArray(tags) ? { tags: tags.filter((tag) => typeof tag === 'string') } : {}),
    ...(Object.keys(foreign).length > 0 ? { foreign } : {}),
  }
}

/** nbformat 4.4 has no ids and some tools write bad or double ones; the same file always gets the same ids. */
function idsOf(cells: readonly FileCell[]): string[] {
  const valid = (id: unknown): id is string => typeof id === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(id)
  const taken = new Set(cells.map((cell) => cell.id).filter(valid))
  const used = new Set<string>()
  return cells.map((cell, index) => {
    let id = cell.id
    for (let n = 0; !valid(id) || used.has(id); n += 1) {
      const candidate = n === 0 ? `cell-${index + 1}` : `cell-${index + 1}-${n}`
      if (!taken.has(candidate)) id = candidate
    }
    used.add(id)
    return id
  })
}

function conflictLine(text: string): number {
  if (!/^={7}\s*$/m.test(text) || !/^>{7}( |$)/m.test(text)) return 0
  const at = text.search(/^<{7}( |$)/m)
  return at < 0 ? 0 : text.slice(0, at).split('\n').length
}

function parseFile(text: string, name: string): unknown {
  try {
    const wayOut = 'Correct the file in a text editor, or restore it from a copy or from version control.'
    return parseJson(text, `The notebook ${name}`, wayOut)
  } catch (error) {
    const line = conflictLine(text)
    if (line > 0) {
      throw new Failure(
        'invalid-input',
        `The notebook ${name} has an unresolved merge conflict at line ${line}.`,
        'Choose one side of every <<<<<<< … >>>>>>> block (git mergetool, or a text editor), then open it again.',
      )
    }
    throw error
  }
}

/**
 * Reads an nbformat 4 notebook; everything that Slipway does not know is kept for `serializeNotebook`.
 *
 * @param name how error messages call the file
 * @throws Failure `invalid-input` for broken JSON, merge conflicts and other notebook formats
 */
export function parseNotebook(text: string, name: string): Notebook {
  const value = parseFile(text.startsWith('\uFEFF') ? text.slice(1) : text, name)
  if (isRecord(value) && typeof value.nbformat === 'number' && value.nbformat !== 4) {
    throw new Failure(
      'invalid-input',
      `The notebook ${name} has nbformat ${value.nbformat}; expected nbformat 4.`,
      'Convert it with `jupyter nbconvert --to notebook --nbformat 4`, then open it again.',
    )
  }
  const file = decode(fileSchema, value, `The notebook ${name}`)
  const ids = idsOf(file.cells)
  const foreign = without(file.metadata, ['kernelspec', 'slipway'])
  return {
    cells: file.cells.map((cell, index) => parseCell(cell, ids[index] ?? `cell-${index + 1}`)),
    ...(Object.keys(foreign).length > 0 ? { foreign } : {}),
  }
}

function fileCell(cell: Cell): Record<string, unknown> {
  const parsed = originalSchema.safeParse(cell.foreign?.[originalKey])
  const original: Original = parsed.success ? parsed.data : {}
  const foreign = without(cell.foreign ?? {}, [originalKey])
  const cellType = original.cellType ?? (cell.kind === 'markdown' ? 'markdown' : 'code')
  const kind = original.kind ?? (cell.kind === 'markdown' ? undefined : cell.kind)
  const slipway = {
    ...original.slipway,
    kind,
    name: cell.name === '' ? undefined : cell.name,
    materialize: cell.materialize,
    disabled: cell.disabled,
  }
  const languageId = languageIds[cell.kind]
  const metadata: Record<string, unknown> = { ...foreign }
  if (Object.values(slipway).some((value) => value !== undefined)) metadata.slipway = slipway
  if (languageId !== null) {
    metadata.vscode = { ...(isRecord(foreign.vscode) ? foreign.vscode : {}), languageId }
  }
  if (cell.tags) metadata.tags = cell.tags
  return {
    cell_type: cellType,
    id: cell.id,
    metadata,
    // One string a line, as Jupyter writes it, so that line-based diffs work.
    source: cell.source === '' ? [] : (cell.source.match(/[^\n]*\n|[^\n]+$/g) ?? []),
    ...(original.attachments === undefined ? {} : { attachments: original.attachments }),
    ...(cellType === 'code' ? { execution_count: null, outputs: [] } : {}),
  }
}

/** Writes nbformat 4.5: sorted keys, two-space indent, trailing newline, no outputs, no execution counts. */
export function serializeNotebook(notebook: Notebook): string {
  return stableJson({
    cells: notebook.cells.map(fileCell),
    metadata: {
      ...notebook.foreign,
      kernelspec: { display_name: 'Slipway', language: 'sql', name: 'slipway' },
      slipway: { version: 1 },
    },
    nbformat: 4,
    nbformat_minor: 5,
  })
}
