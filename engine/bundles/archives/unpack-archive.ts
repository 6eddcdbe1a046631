import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, open, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve, sep } from 'node:path'
import { createGunzip } from 'node:zlib'
import { Failure } from '../../../shared/failure.ts'

const blockBytes = 512
/** Beyond what any bundle weighs: an archive that unpacks without end is stopped here. */
const mostBytes = 8 * 2 ** 30
const longestName = 4096

function refused(archive: string, why: string): Failure {
  return new Failure(
    'invalid-input',
    `${archive} is not an archive of a bundle: ${why}.`,
    'Give a folder, or a .tar.gz that `slipway package --archive` wrote.',
  )
}

/** Bytes of a stream in pieces of the sizes asked for. */
function createPieces(stream: AsyncIterable<Buffer>) {
  const iterator = stream[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)
  /** At most `length` bytes; none at the end. */
  const some = async (length: number): Promise<Buffer> => {
    while (rest.length === 0) {
      const next = await iterator.next()
      if (next.done) return rest
      rest = next.value
    }
    const part = rest.subarray(0, length)
    rest = rest.subarray(part.length)
    return part
  }
  const exactly = async (length: number): Promise<Buffer | null> => {
    const parts: Buffer[] = []
    for (let left = length; left > 0; ) {
      const part = await some(left)
      if (part.length === 0) return null
      parts.push(part)
      left -= part.length
    }
    return Buffer.concat(parts)
  }
  return { some, exactly }
}

const textOf = (block: Buffer, from: number, length: number): string => {
  const part = block.subarray(from, from + length)
  const end = part.indexOf(0)
  return part.toString('utf8', 0, end < 0 ? part.length : end)
}

function checksumHolds(block: Buffer): boolean {
  let sum = 0
  for (let at = 0; at < blockBytes; at++) sum += at >= 148 && at < 156 ? 32 : block[at]!
  return sum === Number.parseInt(textOf(block, 148, 8), 8)
}

/** The path in a pax header: lines of `<length> path=<value>`. */
function paxPath(text: string): string | null {
  return /^\d+ path=(.*)$/m.exec(text)?.[1] ?? null
}

/**
 * Unpacks a `.tar.gz` into a folder. Only files and folders below it are made: a path that leads out, a link or a device
 * is refused before anything of it is written.
 *
 * @throws Failure `invalid-input` naming what is at fault, `not-found` where there is no such file
 */
export async function unpackArchive(archive: string, into: string): Promise<void> {
  const gunzip = createReadStream(archive)
  const stream = createGunzip()
  gunzip.on('error', (error) => stream.destroy(error))
  const pieces = createPieces(gunzip.pipe(stream))
  const root = resolve(into) + sep
  const target = (path: string): string => {
    const absolute = resolve(into, path)
    if (!absolute.startsWith(root)) throw refused(archive, `its file ${path} would lie outside of it`)
    return absolute
  }
  let unpacked = 0
  let named: string | null = null
  try {
    for (;;) {
      const head = await pieces.exactly(blockBytes)
      if (head === null) throw refused(archive, 'it ends too soon')
      if (head.every((byte) => byte === 0)) return
      if (!checksumHolds(head)) throw refused(archive, 'it is not a tar archive')
      const size = Number.parseInt(textOf(head, 124, 12).trim() || '0', 8)
      const prefix = textOf(head, 345, 155)
      const path: string =
        named ?? (prefix === '' ? textOf(head, 0, 100) : `${prefix}/${textOf(head, 0, 100)}`)
      named = null
      const type = textOf(head, 156, 1) || '0'
      unpacked += size
      if (!(size >= 0) || unpacked > mostBytes) throw refused(archive, 'it is larger than any bundle')
      const padding = (blockBytes - (size % blockBytes)) % blockBytes
      if (type === 'x' || type === 'g' || type === 'L') {
        // Names too long for a header stand in an entry of their own before it.
        if (size > longestName) throw refused(archive, 'a name in it is too long')
        const text = (await pieces.exactly(size + padding))?.toString('utf8', 0, size) ?? ''
        if (type === 'x') named = paxPath(text)
        if (type === 'L') named = text.replace(/\0+$/, '')
        continue
      }
      if (type === '5') {
        await mkdir(target(`${path}/.`), { recursive: true })
        continue
      }
      if (type !== '0') throw refused(archive, `${path} is neither a file nor a folder`)
      const absolute = target(path)
      await mkdir(dirname(absolute), { recursive: true })
      const runs = (Number.parseInt(textOf(head, 100, 8), 8) & 0o100) !== 0
      const file = await open(absolute, 'wx', runs ? 0o755 : 0o644)
      try {
        for (let left = size; left > 0; ) {
          const part = await pieces.some(left)
          if (part.length === 0) throw refused(archive, 'it ends too soon')
          await file.write(part)
          left -= part.length
        }
      } finally {
        await file.close()
      }
      if (padding > 0 && (await pieces.exactly(padding)) === null) throw refused(archive, 'it ends too soon')
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code.startsWith('Z_')) throw refused(archive, 'it is not compressed by gzip, or is damaged')
    if (code === 'EEXIST') throw refused(archive, 'a file is in it twice')
    throw error
  } finally {
    gunzip.destroy()
    stream.destroy()
  }
}

/** Where in an unpacked archive the bundle lies: an archive holds one folder, or was packed anew from within it. */
export async function bundleFolderIn(unpacked: string): Promise<string> {
  const entries = await readdir(unpacked, { withFileTypes: true })
  const [only] = entries
  return entries.length === 1 && only?.isDirectory() ? join(unpacked, only.name) : unpacked
}

/**
 * Gives `use` the folder of a bundle: the one named, or that of an archive, unpacked in the temporary folder and removed
 * afterwards.
 *
 * @throws Failure as `unpackArchive`
 */
export async function withBundleFolder<T>(path: string, use: (folder: string) => Promise<T>): Promise<T> {
  const there = await stat(path).catch(() => null)
  if (!there?.isFile()) return await use(path)
  const temporary = await mkdtemp(join(tmpdir(), 'slipway-unpacked-'))
  try {
    await unpackArchive(path, temporary)
    return await use(await bundleFolderIn(temporary))
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}
