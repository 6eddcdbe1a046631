import { describeConstraints } from '../../shared/signature/limits.ts'
import type { SignatureColumn } from '../../shared/signature/signature.ts'
import type { LoadedModel } from '../bundle/load-model.ts'

function html(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

function domain(column: SignatureColumn): string {
  const demanded = describeConstraints(column)
  return demanded === null ? seen(column) : `${seen(column)}; refused unless ${demanded}`
}

function seen(column: SignatureColumn): string {
  if (column.type === 'timestamp' && column.min !== undefined && column.max !== undefined) {
    return [column.min, column.max].map((at) => new Date(at).toISOString()).join(' to ')
  }
  if (column.values && column.values.length > 0) {
    const shown = column.values.slice(0, 8).join(', ')
    return column.values.length > 8 ? `${shown}, … (${column.values.length} values)` : shown
  }
  return column.min !== undefined && column.max !== undefined ? `${column.min} to ${column.max}` : ''
}

const style = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; color: CanvasText; background: Canvas; color-scheme: light dark }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid color-mix(in srgb, CanvasText 20%, Canvas); vertical-align: top }
pre { overflow-x: auto; padding: .8rem; border-radius: 6px; background: color-mix(in srgb, CanvasText 8%, Canvas) } code { font: .9em ui-monospace, monospace }`

/** One page without any asset from elsewhere: columns, a request that works when pasted, and the routes. */
export function docsPage(
  openApi: Readonly<Record<string, unknown>>,
  model: Pick<LoadedModel, 'name' | 'version' | 'signature' | 'examples'>,
  of: { endpoint: string; asksToken: boolean },
): string {
  const { signature } = model
  const row = JSON.stringify({ data: [model.examples.rows[0] ?? {}] })
  // The token itself is on no page: the shell takes it from where the server was given it.
  const token = of.asksToken ? ' -H "authorization: Bearer $SLIPWAY_TOKEN"' : ''
  const data = row.replaceAll("'", `'\\''`)
  const curl = `curl -s ${of.endpoint}/predict${token} -H 'content-type: application/json' -d '${data}'`
  const columns = signature.inputs
    .map((column) => {
      const cells = [column.name, column.type, column.missing ? 'may be missing' : 'needed', domain(column)]
      return `<tr>${cells.map((cell) => `<td>${html(cell)}</td>`).join('')}</tr>`
    })
    .join('\n')
  const paths = openApi.paths
  const routes = Object.entries(typeof paths === 'object' && paths !== null ? paths : {})
    .flatMap(([path, methods]) =>
      Object.entries(methods ?? {}).map(([method, detail]) => [path, method, detail]),
    )
    .map(([path, method, detail]) => {
      const summary =
        typeof detail === 'object' && detail !== null && 'summary' in detail ? String(detail.summary) : ''
      const route = `${String(method).toUpperCase()} ${String(path)}`
      return `<tr><td><code>${html(route)}</code></td><td>${html(summary)}</td></tr>`
    })
    .join('\n')
  const predicts = signature.target.classes
    ? `one of ${signature.target.classes.map(String).join(', ')}`
    : 'a number'
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${html(model.name)} ${model.version}</title><style>${style}</style></head>
<body>
<h1>${html(model.name)} <small>version ${model.version}</small></h1>
<p>Predicts <b>${html(signature.target.name)}</b>: ${html(predicts)}.</p>
<h2>Try it</h2>
<pre><code>${html(curl)}</code></pre>
<h2>Columns of a row</h2>
<table><thead><tr><th>Column</th><th>Type</th><th>Missing</th><th>Seen in training</th></tr></thead>
<tbody>${columns}</tbody></table>
<h2>Routes</h2>
<table><thead><tr><th>Route</th><th>Does</th></tr></thead><tbody>${routes}</tbody></table>
<p>The whole description for machines: <a href="/openapi.json">/openapi.json</a>.</p>
</body>
</html>
`
}
