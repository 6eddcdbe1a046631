/** The program that keeps one deployment: `keeper <folder of deployments> <name> <id>`, started by the engine or a command. */
import { createDeploymentStore } from './deployment-store.ts'
import { keep } from './keeper.ts'

const [home, name, id] = process.argv.slice(2)
if (home === undefined || name === undefined || id === undefined) {
  throw new Error('A keeper is started by Slipway, with a folder, a name and an id.')
}
await keep(id, name, createDeploymentStore(home))
process.exit()
