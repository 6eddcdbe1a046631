import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { RequestRows } from '../rows/request-rows.ts'
import { valuesOfRow } from '../rows/values-of-row.ts'
import type { Settings } from '../settings.ts'

/** One JSON line for a sample of the prediction requests; none by default. */
export interface RequestLog {
  answered(request: FastifyRequest, status: number, rows: RequestRows | null): void
}

/** @param random a share from 0 to 1 */
export function createRequestLog(
  settings: Pick<Settings, 'logSample' | 'loggedColumns' | 'redactedColumns'>,
  logger: FastifyBaseLogger,
  random: () => number = Math.random,
): RequestLog {
  const { logSample, loggedColumns, redactedColumns } = settings
  if (logSample <= 0) return { answered() {} }
  return {
    answered(request, status, rows) {
      if (random() >= logSample) return
      const { flight } = request
      const values =
        rows && rows.rows > 0 && loggedColumns.length > 0 ? valuesOfRow(rows, 0, loggedColumns) : null
      if (values)
        for (const column of redactedColumns) if (Object.hasOwn(values, column)) values[column] = '[redacted]'
      logger.info(
        {
          requestId: request.id,
          method: request.method,
          path: request.url.split('?')[0],
          status,
          ms: flight ? Math.round((performance.now() - flight.arrived) * 1000) / 1000 : 0,
          bytes: flight?.bytesIn ?? 0,
          version: flight?.version.model.version ?? null,
          client: request.ip,
          ...(rows ? { rows: rows.rows } : {}),
          ...(values ? { firstRow: values } : {}),
        },
        'request',
      )
    },
  }
}
