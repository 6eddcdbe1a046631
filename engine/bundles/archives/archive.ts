import { createWriteStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { Failure } from '../../../shared/failure.ts'

const blockBytes = 512

/** A ustar header (POSIX.1-1988). @throws Error for a path that the format cannot hold */
function header(path: string, size: number, mode: number, mtime: number): Buffer {
  let name = path
  let prefix = ''
  if (Buffer.byteLength(name) > 100) {
    const cut = path.lastIndexOf('/', 154)
    prefix = path.slice(0, cut)
    name = path.slice(cut + 1)
    if (cut < 0 || Buffer.byteLength(name) > 100 || Buffer.byteLength(prefix) > 155) {
      throw new Error(`The path ${path} is too long for an archive.`)
    }
  }
  const block = Buffer.alloc(blockBytes)
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, '0')}\0`
  block.write(name, 0)
  block.write(octal(mode, 8), 100)
  block.write(octal(0, 8), 108)
  block.write(octal(0, 8), 116)
  block.write(octal(size, 12), 124)
  block.write(octal(mtime, 12), 136)
  // The checksum is taken with its own field as spaces.
  block.write(' '.repeat(8), 148)
  block.write('0', 156)
  block.write('ustar\0' + '00', 257)
  block.write(prefix, 345)
  let sum = 0
  for (const byte of block) sum += byte
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
}

/** The bytes of a tar archive of files in a folder. */
async function* tarOf(
  folder: string,
  paths: readonly string[],
  root: string,
  seconds: number,
): AsyncGenerator<Uint8Array> {
  for (const path of paths) {
    const bytes = await readFile(join(folder, path))
    const { mode } = await stat(join(folder, path))
    yield header(`${root}/${path}`, bytes.length, mode & 0o100 ? 0o755 : 0o644, seconds)
    yield bytes
    yield Buffer.alloc((blockBytes - (bytes.length % blockBytes)) % blockBytes)
  }
  yield Buffer.alloc(2 * blockBytes)
}

/** Where the archive of a bundle's folder stands: beside it. */
export const archiveOf = (folder: string): string => `${folder}.tar.gz`

/** @throws Failure `already-exists` */
export async function assertArchiveFree(archive: string): Promise<void> {
  if ((await stat(archive).catch(() => null)) === null) return
  throw new Failure(
    'already-exists',
    `${archive} exists already.`,
    'Choose another place, or move that archive away.',
  )
}

/**
 * Packs a folder's files as `.tar.gz`, under `root/` in the archive. Equal folders give equal archives: paths are
 * sorted, owners left out, all times are `time`, and of a file's mode only whether it can be run is kept. After a failure
 * or the signal a part of it may lie at `output`, where no file may be before.
 */
export async function writeArchive(options: {
  folder: string
  root: string
  output: string
  time: Date
  /** Relative to the folder, with `/`; all of it unless they are named. */
  files?: readonly string[]
  signal?: AbortSignal
}): Promise<void> {
  const { folder, root, output, time, files, signal } = options
  const paths = (files ?? (await filesIn(folder))).toSorted()
  const seconds = Math.floor(time.getTime() / 1000)
  const file = createWriteStream(output, { flags: 'wx', flush: true })
  await pipeline(tarOf(folder, paths, root, seconds), createGzip(), file, signal ? { signal } : {})
}
