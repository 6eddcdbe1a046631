import type { ModelSummary } from '../../../shared/contract/models.ts'
import { Chip } from '../../ui/Chip.tsx'

/** Marks a version whose sources changed, or of which that cannot be told here; nothing for one that is current. */
export function StaleChip(props: { readonly version: Pick<ModelSummary, 'stale' | 'staleUnknown'> }) {
  const { stale, staleUnknown } = props.version
  if (stale !== null) {
    return (
      <Chip tone="stale" title={stale}>
        stale
      </Chip>
    )
  }
  if (staleUnknown === null) return null
  return (
    <Chip tone="unknown" title={staleUnknown}>
      stale?
    </Chip>
  )
}
