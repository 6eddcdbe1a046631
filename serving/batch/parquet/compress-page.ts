import zlib from 'node:zlib'
import { codecs } from './decompress-page.ts'

/** How what is written here is compressed: by Zstandard, which Node has from 22.15 on. */
export const writtenCodec = typeof zlib.zstdCompressSync === 'function' ? codecs.zstd : codecs.gzip

/** Node gives a few bytes as part of 16 KB, which would all be held until the row group is written. */
const copied = (bytes: Uint8Array) => new Uint8Array(bytes)

/** @param codec Parquet's number of it: none, gzip or Zstandard */
export function compressPage(codec: number, bytes: Uint8Array): Uint8Array {
  switch (codec) {
    case codecs.none:
      return bytes
    case codecs.gzip:
      return copied(zlib.gzipSync(bytes, { level: 1 }))
    case codecs.zstd:
      return copied(zlib.zstdCompressSync(bytes, { params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } }))
    default:
      throw new Error(`Nothing is written with codec ${codec}.`)
  }
}
