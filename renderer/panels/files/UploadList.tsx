import { ActionIcon, Progress } from '@mantine/core'
import { X } from 'lucide-react'
import { useStore } from 'zustand'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { formatBytes } from '../../ui/format.ts'
import { dismissUpload, uploads } from './uploads.ts'

/** Files on their way to the engine. */
export function UploadList() {
  const { list } = useStore(uploads)
  return list.map((upload) => (
    <div key={upload.id} style={{ padding: '4px 12px' }}>
      {upload.failed ? (
        <ErrorNote
          error={upload.failed}
          action={{ label: 'Dismiss', onClick: () => dismissUpload(upload.id) }}
        />
      ) : (
        <>
          <div style={{ display: 'flex', justifyContent: 'space-between', gap: 8 }}>
            <span className="sw-side-item-name">{upload.name}</span>
            <span className="sw-muted">
              {upload.sent < upload.bytes
                ? `${formatBytes(upload.sent)} of ${formatBytes(upload.bytes)}`
                : 'importing'}
            </span>
            <ActionIcon
              size="xs"
              aria-label={`Stop uploading ${upload.name}`}
              onClick={() => dismissUpload(upload.id)}
            >
              <X size={12} />
            </ActionIcon>
          </div>
          <Progress
            size={4}
            value={upload.bytes === 0 ? 100 : (100 * upload.sent) / upload.bytes}
            aria-label={`Upload of ${upload.name}`}
          />
        </>
      )}
    </div>
  ))
}
