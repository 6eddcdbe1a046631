import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import type { RailArea } from './frame-state.ts'

type SideComponent = LazyExoticComponent<ComponentType>

function side(load: () => Promise<ComponentType>): SideComponent {
  return lazy(async () => ({ default: await load() }))
}

/** The side list behind every button of the rail. */
export const sideRegistry: Readonly<Record<RailArea, SideComponent>> = {
  files: side(async () => (await import('../panels/files/FilesList.tsx')).FilesList),
  data: side(async () => (await import('../panels/data/DataList.tsx')).DataList),
  models: side(async () => (await import('../panels/models/ModelsList.tsx')).ModelsList),
  deployments: side(async () => (await import('../panels/deployments/DeploymentsList.tsx')).DeploymentsList),
  monitoring: side(async () => (await import('../panels/monitoring/MonitoringList.tsx')).MonitoringList),
}
