import type { MonitoredModel } from '../../shared/drift/log-entry.ts'
import type { LoadedModel } from './load-model.ts'

/** What a version's counts are read against. */
export const monitoredModel = ({ name, version, signature, baseline }: LoadedModel): MonitoredModel => ({
  model: { name, version },
  signature,
  baseline,
})
