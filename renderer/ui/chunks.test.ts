import { describe, expect, it } from 'vitest'
import { chunkBytes, chunksOf } from './chunks.ts'

describe('chunksOf', () => {
  it('covers the file without gaps and marks the last chunk', () => {
    const chunks = [...chunksOf(2 * chunkBytes + 5)]
    expect(chunks).toEqual([
      { offset: 0, end: chunkBytes, last: false },
      { offset: chunkBytes, end: 2 * chunkBytes, last: false },
      { offset: 2 * chunkBytes, end: 2 * chunkBytes + 5, last: true },
    ])
  })

  it('sends one empty chunk of an empty file, and no empty chunk after a full one', () => {
    expect([...chunksOf(0)]).toEqual([{ offset: 0, end: 0, last: true }])
    expect([...chunksOf(chunkBytes)]).toEqual([{ offset: 0, end: chunkBytes, last: true }])
  })
})
