import { glob, stat } from 'node:fs/promises'
import { isAbsolute, resolve } from 'node:path'
import { relativeTo } from '../workspace/confine.ts'
import type { AnalysedCell } from './analyse-cell.ts'

/** A pattern that matches more is not followed file by file. */
const mostFiles = 1_000

/**
 * The texts in quotes that could be paths. A literal does not go over a line's end, so that an apostrophe in a
 * comment spoils no more than its own line.
 */
function quotedTexts({ cell }: AnalysedCell): Set<string> {
  const quotes =
    cell.kind === 'typescript' ? [/'([^'\n]+)'/g, /"([^"\n]+)"/g, /`([^`\n]+)`/g] : [/'([^'\n]+)'/g]
  const texts = quotes.flatMap((quote) => [...cell.source.matchAll(quote)].map((match) => match[1] ?? ''))
  // A URL cannot be looked at cheaply; a path has a dot or a slash in it.
  return new Set(texts.filter((text) => /[./\\]/.test(text) && !/^[a-z][a-z0-9+]+:\/\//i.test(text)))
}

async function matching(text: string, workspaceFolder: string): Promise<string[]> {
  if (!/[*?[{]/.test(text)) return [isAbsolute(text) ? text : resolve(workspaceFolder, text)]
  const found: string[] = []
  for await (const path of glob(text, { cwd: workspaceFolder })) {
    found.push(isAbsolute(path) ? path : resolve(workspaceFolder, path))
    if (found.length === mostFiles) break
  }
  return found.sort()
}

/** A file that a cell names, relative to the workspace where it lies in it. */
export interface FileRead {
  readonly path: string
  readonly absolute: string
  readonly bytes: number
  readonly modified: Date
}

/** The files a SQL or TypeScript cell reads: those there are that it names, alone or by a pattern. */
export async function filesRead(analysed: AnalysedCell, workspaceFolder: string): Promise<FileRead[]> {
  if (analysed.cell.kind !== 'sql' && analysed.cell.kind !== 'typescript') return []
  const files = new Map<string, FileRead>()
  for (const text of quotedTexts(analysed)) {
    for (const absolute of await matching(text, workspaceFolder).catch(() => [])) {
      const found = await stat(absolute).catch(() => null)
      if (!found?.isFile()) continue
      const path = relativeTo(workspaceFolder, absolute)
      files.set(path, { path, absolute, bytes: found.size, modified: found.mtime })
    }
  }
  return [...files.values()]
}

/** For each file a cell reads a text that is another once the file was written again. */
export async function fileStamps(
  analysed: AnalysedCell,
  workspaceFolder: string,
): Promise<Record<string, string>> {
  const files = await filesRead(analysed, workspaceFolder)
  return Object.fromEntries(
    files.map(({ path, bytes, modified }) => [path, `${bytes} ${modified.getTime()}`]),
  )
}
