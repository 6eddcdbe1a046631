import { createStore } from 'zustand/vanilla'
import type { Relation } from '../../../shared/contract/data.ts'
import { engine } from '../../client.ts'
import { chunksOf } from '../../ui/chunks.ts'

export interface Upload {
  readonly id: string
  readonly name: string
  readonly bytes: number
  readonly sent: number
  readonly failed: unknown
}

export const uploads = createStore<{ readonly list: readonly Upload[] }>(() => ({ list: [] }))

function change(id: string, to: Partial<Upload>) {
  uploads.setState(({ list }) => ({
    list: list.map((upload) => (upload.id === id ? { ...upload, ...to } : upload)),
  }))
}

export function dismissUpload(id: string): void {
  uploads.setState(({ list }) => ({ list: list.filter((upload) => upload.id !== id) }))
}

/** Sends a file in chunks; the engine imports it after the last. Answers null when it failed or was dismissed. */
export async function uploadFile(file: File): Promise<Relation | null> {
  const id = crypto.randomUUID()
  uploads.setState(({ list }) => ({
    list: [...list, { id, name: file.name, bytes: file.size, sent: 0, failed: undefined }],
  }))
  try {
    let relation: Relation | null = null
    for (const { offset, end, last } of chunksOf(file.size)) {
      if (!uploads.getState().list.some((upload) => upload.id === id)) return null
      const answer = await engine.data.upload({
        id,
        name: file.name,
        offset,
        chunk: file.slice(offset, end),
        last,
      })
      change(id, { sent: end })
      relation = answer.relation
    }
    dismissUpload(id)
    return relation
  } catch (error) {
    change(id, { failed: error })
    return null
  }
}
