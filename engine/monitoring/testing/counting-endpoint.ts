import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { LogEntry, MonitoredModel } from '../../../shared/drift/log-entry.ts'
import type { Window } from '../../../shared/drift/window.ts'

/** An HTTP server that answers the monitoring routes of a bundle from lists that a test fills. */
export interface CountingEndpoint {
  readonly url: string
  model: MonitoredModel
  /** Versions whose baseline is told when it is asked for by number. */
  others: MonitoredModel[]
  /** Closed windows and at most one open one, last. */
  windows: Window[]
  log: LogEntry[]
  /** Windows and log entries per page. */
  pageSize: number
  /** Answers instead of the routes, when set. */
  instead: { status: number; body: string } | null
  /** Asked of every request, when set. */
  token: string | null
  /** Paths asked for, oldest first. */
  readonly asked: string[]
  close(): Promise<void>
}

const ndjson = (lines: readonly unknown[], next: number) =>
  [...lines, { next }].map((line) => `${JSON.stringify(line)}\n`).join('')

export async function startCountingEndpoint(model: MonitoredModel): Promise<CountingEndpoint> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    asked.push(url.pathname + url.search)
    if (endpoint.token !== null && request.headers.authorization !== `Bearer ${endpoint.token}`) {
      response.writeHead(401).end()
      return
    }
    if (endpoint.instead) {
      response.writeHead(endpoint.instead.status).end(endpoint.instead.body)
      return
    }
    const since = Number(url.searchParams.get('since') ?? 0)
    switch (url.pathname) {
      case '/monitoring/windows': {
        const closed = endpoint.windows.filter((window) => !window.open && window.cursor > since)
        const page = closed.slice(0, endpoint.pageSize)
        const open = page.length === closed.length ? endpoint.windows.filter((window) => window.open) : []
        response.end(ndjson([...page, ...open], page.at(-1)?.cursor ?? since))
        return
      }
      case '/monitoring/predictions': {
        const page = endpoint.log.filter((entry) => entry.cursor > since).slice(0, endpoint.pageSize)
        response.end(ndjson(page, page.at(-1)?.cursor ?? since))
        return
      }
      case '/monitoring/baseline': {
        const version = url.searchParams.get('version')
        const found = [endpoint.model, ...endpoint.others].find(
          ({ model }) => version === null || model.version === Number(version),
        )
        if (found) response.end(JSON.stringify(found))
        else response.writeHead(404).end()
        return
      }
      default:
        response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const endpoint: CountingEndpoint = {
    url: `http://127.0.0.1:${port}`,
    model,
    others: [],
    windows: [],
    log: [],
    pageSize: 100,
    instead: null,
    token: null,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return endpoint
}
