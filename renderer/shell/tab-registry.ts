import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import type { TabKind, TabProps } from './open-tab.ts'

type TabComponent = LazyExoticComponent<ComponentType<TabProps>>

function tab(load: () => Promise<ComponentType<TabProps>>): TabComponent {
  return lazy(async () => ({ default: await load() }))
}

/** The component of every kind of tab; a new kind does not compile without one. */
export const tabRegistry: Readonly<Record<TabKind, TabComponent>> = {
  notebook: tab(async () => (await import('../panels/notebook/NotebookPage.tsx')).NotebookPage),
  relation: tab(async () => (await import('../panels/data/RelationPage.tsx')).RelationPage),
  file: tab(async () => (await import('../panels/files/FilePage.tsx')).FilePage),
  models: tab(async () => (await import('../panels/models/ModelsList.tsx')).ModelsList),
  model: tab(async () => (await import('../panels/models/ModelPage.tsx')).ModelPage),
  deployment: tab(async () => (await import('../panels/deployments/DeploymentPage.tsx')).DeploymentPage),
  fleet: tab(async () => (await import('../panels/monitoring/FleetPage.tsx')).FleetPage),
  monitoring: tab(async () => (await import('../panels/monitoring/MonitoringPage.tsx')).MonitoringPage),
  settings: tab(async () => (await import('./SettingsPage.tsx')).SettingsPage),
  welcome: tab(async () => (await import('./WelcomePage.tsx')).WelcomePage),
}
