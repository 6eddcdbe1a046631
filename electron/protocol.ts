import { readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { contentSecurityPolicy as contentSecurityPolicyFor } from '../shared/contract/content-security.ts'
import type { ElectronParts } from './electron-parts.ts'

export const scheme = 'app'
/** The one origin that the shell trusts. */
export const appOrigin = 'app://slipway'
export const startPage = `${appOrigin}/index.html`

const host = 'slipway'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
}

/** No connection anywhere: the engine is reached by port. */
export const contentSecurityPolicy = contentSecurityPolicyFor([])

const headers = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

const refusal = (status: number) => new Response(null, { status, headers })

/** Must run before the app is ready: afterwards the scheme has no origin of its own. */
export function registerScheme(protocol: ElectronParts['protocol']): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/**
 * Answers `app://slipway/…` from the files below `folder` and nothing else: links are followed before the
 * comparison, and the folder is compared with its separator, so that `renderer-old/` is not below `renderer`.
 */
export function createFileHandler(folder: string): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405)
    try {
      const url = new URL(request.url)
      if (url.protocol !== `${scheme}:` || url.host !== host) return refusal(404)
      const asked = decodeURIComponent(url.pathname)
      if (asked.includes('\0')) return refusal(400)
      const base = await realpath(folder)
      const path = await realpath(join(base, asked === '/' ? 'index.html' : asked))
      if (!path.startsWith(base + sep) || !(await stat(path)).isFile()) return refusal(404)
      const body = request.method === 'HEAD' ? null : new Uint8Array(await readFile(path))
      return new Response(body, {
        status: 200,
        headers: {
          ...headers,
          'content-type': types[extname(path).toLowerCase()] ?? 'application/octet-stream',
          'cache-control': 'no-cache',
        },
      })
    } catch (error) {
      return refusal(error instanceof URIError ? 400 : 404)
    }
  }
}
