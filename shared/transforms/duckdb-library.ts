/** The part of DuckDB's library that runs a chain, so that what is shared loads no library. */
export interface DuckDbLibrary {
  readonly DOUBLE: object
  readonly INTEGER: object
  readonly VARCHAR: object
  readonly DuckDBDataChunk: { create(types: readonly object[], rows: number): DuckDbChunk }
  readonly DuckDBInstance: {
    create(path: string, options: Record<string, string>): Promise<DuckDbInstance>
  }
}

export interface DuckDbVector {
  getItem(row: number): unknown
}

export interface DuckDbChunk {
  readonly rowCount: number
  setColumnValues(column: number, values: readonly unknown[]): void
  getColumnVector(column: number): DuckDbVector
}

interface DuckDbInstance {
  connect(): Promise<DuckDbConnection>
  closeSync(): void
}

interface DuckDbConnection {
  run(sql: string): Promise<unknown>
  prepare(sql: string): Promise<{
    run(): Promise<{ fetchAllChunks(): Promise<readonly DuckDbChunk[]> }>
    destroySync(): void
  }>
  createAppender(table: string): Promise<{ appendDataChunk(chunk: DuckDbChunk): void; closeSync(): void }>
  interrupt(): void
  closeSync(): void
}
