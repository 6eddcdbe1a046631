import { readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.map': 'application/json',
}

export interface StaticFile {
  bytes: Uint8Array
  type: string
  /** The name carries a content hash, so that it may be kept for ever. */
  immutable: boolean
}

/**
 * Reads a file below `folder` by URL path; null where there is none.
 * Links are followed before the comparison, so nothing outside the folder is ever read.
 */
export async function readStatic(folder: string, urlPath: string): Promise<StaticFile | null> {
  let decoded: string
  try {
    decoded = decodeURIComponent(urlPath)
  } catch {
    return null
  }
  if (decoded.includes('\0')) return null
  try {
    const base = await realpath(folder)
    const path = await realpath(join(base, decoded === '/' ? 'index.html' : decoded))
    if (!path.startsWith(base + sep) || !(await stat(path)).isFile()) return null
    return {
      bytes: await readFile(path),
      type: types[extname(path)] ?? 'application/octet-stream',
      immutable: path.startsWith(join(base, 'assets') + sep),
    }
  } catch {
    return null
  }
}
