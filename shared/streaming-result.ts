interface StreamingResult {
  readonly isStreaming: boolean
  fetchChunk(): Promise<unknown>
}

/**
 * Makes a streaming result of DuckDB's fail where its query fails. The binding ends it there as if that had been its
 * last row; that DuckDB then no longer calls it a streaming one is all that tells.
 *
 * @param whyOf finds the reason, which the binding keeps to itself: by asking again, in a way that tells it
 */
export function failWhereItFails<R extends StreamingResult>(result: R, whyOf: () => Promise<unknown>): R {
  if (!result.isStreaming) return result
  const fetchChunk = result.fetchChunk.bind(result)
  result.fetchChunk = async () => {
    const chunk = await fetchChunk()
    if (!result.isStreaming) throw await whyOf()
    return chunk
  }
  return result
}

/**
 * Why a query failed, from computing it once more without handing out its rows.
 *
 * @param run runs a statement to its end, and rejects with what was wrong
 */
export async function whyItFailed(
  sql: string,
  run: (statement: string) => Promise<unknown>,
): Promise<unknown> {
  try {
    await run(`explain analyze ${sql}`)
  } catch (error) {
    // What failed within a transaction has ended it, and nothing more can be asked there.
    if (!(error instanceof Error && error.message.includes('transaction is aborted'))) return error
  }
  return new Error('The query failed before its last row, and cannot be asked why. Run it alone to see.')
}
