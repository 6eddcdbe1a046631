/** Where a message lies in an Arrow file. */
export interface ArrowBlock {
  offset: number
  /** Prefix and metadata. */
  metadata: number
  body: number
}

const blockBytes = 24

/**
 * The footer of an Arrow file after File.fbs of the format: the schema once more, and where dictionaries and record
 * batches lie. FlatBuffers refer to each other by distances, so the schema message's bytes are taken over whole.
 *
 * @param schema the FlatBuffer of the schema message, without prefix
 */
export function arrowFooter(
  schema: Buffer,
  dictionaries: readonly ArrowBlock[],
  batches: readonly ArrowBlock[],
): Buffer {
  const table = 24
  const first = 48
  const vector = (blocks: readonly ArrowBlock[]) => 8 + blocks.length * blockBytes
  const second = first + vector(dictionaries)
  const schemaAt = second + vector(batches)
  const bytes = Buffer.alloc(schemaAt + schema.length)
  bytes.writeUInt32LE(table, 0)
  // The table's layout: its own size and that of the table, then where version, schema, dictionaries and batches stand.
  const layout = 8
  for (const [i, value] of [12, 20, 4, 8, 12, 16].entries()) bytes.writeUInt16LE(value, layout + i * 2)
  bytes.writeInt32LE(table - layout, table)
  bytes.writeInt16LE(4, table + 4)
  const refer = (from: number, to: number) => bytes.writeUInt32LE(to - from, from)
  schema.copy(bytes, schemaAt)
  refer(table + 8, schemaAt + schemaTableOf(schema))
  refer(table + 12, first + 4)
  refer(table + 16, second + 4)
  const write = (blocks: readonly ArrowBlock[], at: number) => {
    bytes.writeUInt32LE(blocks.length, at + 4)
    blocks.forEach(({ offset, metadata, body }, i) => {
      const block = at + 8 + i * blockBytes
      bytes.writeBigInt64LE(BigInt(offset), block)
      bytes.writeInt32LE(metadata, block + 8)
      bytes.writeBigInt64LE(BigInt(body), block + 16)
    })
  }
  write(dictionaries, first)
  write(batches, second)
  return bytes
}

/** Where the Schema table of a schema message begins. */
function schemaTableOf(message: Buffer): number {
  const root = message.readUInt32LE(0)
  const layout = root - message.readInt32LE(root)
  // Fields of a message: version, kind of header, header.
  const header = root + message.readUInt16LE(layout + 8)
  return header + message.readUInt32LE(header)
}
