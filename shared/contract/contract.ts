import { bundlesContract } from './bundles.ts'
import { dataContract } from './data.ts'
import { deploymentsContract } from './deployments.ts'
import { evaluationContract } from './evaluation.ts'
import { modelsContract } from './models.ts'
import { monitoringContract } from './monitoring.ts'
import { notebookContract } from './notebook.ts'
import { tasksContract } from './tasks.ts'
import { workspaceContract } from './workspace.ts'

/** All that the window can ask of the engine, the same over a MessagePort and a WebSocket. */
export const contract = {
  workspace: workspaceContract,
  data: dataContract,
  notebook: notebookContract,
  models: modelsContract,
  evaluation: evaluationContract,
  bundles: bundlesContract,
  deployments: deploymentsContract,
  monitoring: monitoringContract,
  tasks: tasksContract,
}
