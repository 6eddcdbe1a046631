export interface Cursor {
  readonly row: number
  readonly column: number
}

/** Where a key takes the cell cursor; undefined for keys that move nothing. Stays inside. */
export function moveCursor(
  from: Cursor | undefined,
  key: { readonly key: string; readonly ctrlKey: boolean; readonly metaKey: boolean },
  grid: { readonly rows: number; readonly columns: number; readonly page: number },
): Cursor | undefined {
  const at = from ?? { row: 0, column: 0 }
  const far = key.ctrlKey || key.metaKey
  const moves: Readonly<Record<string, Cursor>> = {
    ArrowDown: { row: far ? grid.rows - 1 : at.row + 1, column: at.column },
    ArrowUp: { row: far ? 0 : at.row - 1, column: at.column },
    ArrowRight: { row: at.row, column: far ? grid.columns - 1 : at.column + 1 },
    ArrowLeft: { row: at.row, column: far ? 0 : at.column - 1 },
    PageDown: { row: at.row + grid.page, column: at.column },
    PageUp: { row: at.row - grid.page, column: at.column },
    Home: { row: far ? 0 : at.row, column: 0 },
    End: { row: far ? grid.rows - 1 : at.row, column: grid.columns - 1 },
  }
  const to = moves[key.key]
  if (!to || grid.rows === 0 || grid.columns === 0) return undefined
  return {
    row: Math.min(grid.rows - 1, Math.max(0, to.row)),
    column: Math.min(grid.columns - 1, Math.max(0, to.column)),
  }
}
