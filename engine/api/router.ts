import type { Services } from '../services.ts'
import { bundlesApi } from './bundles-api.ts'
import { dataApi } from './data-api.ts'
import { deploymentsApi } from './deployments-api.ts'
import { evaluationApi } from './evaluation-api.ts'
import { implementer } from './implementer.ts'
import { modelsApi } from './models-api.ts'
import { monitoringApi } from './monitoring-api.ts'
import { notebookApi } from './notebook-api.ts'
import { tasksApi } from './tasks-api.ts'
import { workspaceApi } from './workspace-api.ts'

/** The contract's implementation: decode → call a service → encode, one file per area. */
export function createRouter(services: Services) {
  return implementer.router({
    workspace: workspaceApi(services),
    data: dataApi(services),
    notebook: notebookApi(services),
    models: modelsApi(services),
    evaluation: evaluationApi(services),
    bundles: bundlesApi(services),
    deployments: deploymentsApi(services),
    monitoring: monitoringApi(services),
    tasks: tasksApi(services),
  })
}

export type EngineRouter = ReturnType<typeof createRouter>
