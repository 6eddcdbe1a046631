import { createHash } from 'node:crypto'
import type { ReportDocument } from '../../shared/evaluation/report-document.ts'

const light = `--bg:#f7f8f9;--surface:#fff;--line:#e4e7ea;--strong:#c9ced4;--text:#1c2127;--muted:#56606b;--accent:#0072b2;--base:#8b949e;--s2:#e69f00;--s3:#009e73;--s4:#d55e00;--s5:#cc79a7;--s6:#56b4e9`
const dark = `--bg:#131518;--surface:#191c20;--line:#2b3036;--strong:#444b54;--text:#e3e6e9;--muted:#a5aeb8;--accent:#62b8ea;--base:#8b949e;--s2:#e69f00;--s3:#26b88d;--s4:#f07b3f;--s5:#dc9cc6;--s6:#0a86cc`

/** The window's tokens in both themes; paper is always light, keeps cards whole and shows no buttons. */
const style = `
:root{color-scheme:light dark;${light}}
@media screen and (prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--text);font:13px/1.5 'Inter Variable',Inter,system-ui,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1120px;margin:0 auto;padding:24px}h1{font-size:20px;margin:0}h2{font-size:16px;margin:24px 0 8px}h3{font-size:13px;margin:0 0 4px}p{margin:4px 0 8px;color:var(--muted)}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:16px;align-items:start}.card{min-width:0;padding:12px;border:1px solid var(--line);border-radius:6px;background:var(--surface);break-inside:avoid}
svg{display:block;width:100%;height:auto;overflow:visible}svg text{fill:var(--muted);font-size:11px}.axis{stroke:var(--strong)}.tick{stroke:var(--line)}
table{border-collapse:collapse;width:100%}th,td{padding:4px 8px;border-bottom:1px solid var(--line);text-align:left;font-weight:400;white-space:nowrap}th{color:var(--muted)}.n{text-align:right}.interval{display:block;white-space:nowrap;color:var(--muted)}
.figures{display:flex;flex-wrap:wrap;gap:8px 32px}.figures b{display:block;font-size:16px;font-weight:600}.figures span{color:var(--muted)}
.legend{margin-bottom:6px;display:flex;flex-wrap:wrap;gap:2px 12px;color:var(--muted);font-size:12px}.legend i{display:inline-block;width:10px;height:10px;margin-right:5px;border-radius:5px;vertical-align:-1px}
label{display:inline-flex;gap:6px;align-items:center;color:var(--muted)}input,select,button{font:inherit;color:var(--text);background:var(--bg);border:1px solid var(--strong);border-radius:4px;padding:2px 6px}input[type=number]{width:84px}input[type=range]{flex:1;min-width:160px;padding:0;accent-color:var(--accent)}
button{cursor:pointer}.link{padding:0;border:0;background:none;color:var(--muted)}.link[aria-pressed=true]{color:var(--accent);font-weight:600}:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
.row{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center;margin-bottom:8px}.scroll{overflow-x:auto}
@page{margin:14mm}
@media print{body{background:none}main{max-width:none;padding:0 1px}h2,h3,.row{break-after:avoid}.grid{grid-template-columns:1fr 1fr}.scroll{overflow:visible}th,td{white-space:normal;padding:2px 4px}button:not(.link),input[type=range]{display:none}*{print-color-adjust:exact}}`

function hash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

/**
 * One document with its data, style and script inside. Its content policy lets nothing in from outside and runs no
 * script but this one.
 */
export function reportHtml(document: ReportDocument, script: string): string {
  const title = escaped(`${document.name} v${document.version}: evaluation`)
  // Neither may end its element early.
  const data = JSON.stringify(document).replaceAll('<', '\\u003c')
  const code = script.replaceAll('</script', '<\\/script')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${hash(style)}; script-src ${hash(code)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main><h1>${title}</h1><noscript><p>The pictures of this report are drawn by the script inside it.</p></noscript></main>
<script type="application/json" id="report">${data}</script>
<script>${code}</script>
</body>
</html>
`
}
