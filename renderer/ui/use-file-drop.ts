import { type DragEvent, useState } from 'react'

/** Takes files that are dropped on an element; `dropping` while some are held over it. */
export function useFileDrop(onFiles: (files: File[]) => void) {
  const [dropping, setDropping] = useState(false)
  return {
    dropping,
    handlers: {
      onDragOver(event: DragEvent) {
        if (!event.dataTransfer.types.includes('Files')) return
        event.preventDefault()
        setDropping(true)
      },
      onDragLeave: () => setDropping(false),
      onDrop(event: DragEvent) {
        event.preventDefault()
        setDropping(false)
        onFiles([...event.dataTransfer.files])
      },
    },
  }
}
