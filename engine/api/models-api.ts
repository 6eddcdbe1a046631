import { modelDetail, modelSummary } from '../catalog/describe-version.ts'
import type { Services } from '../services.ts'
import { implementer } from './implementer.ts'

export function modelsApi(services: Services) {
  const os = implementer.models
  return {
    list: os.list.handler(async () => {
      const opened = services.opened()
      const entries = await opened.catalog.list()
      return Promise.all(entries.map((entry) => modelSummary(entry, opened.staleness)))
    }),
    get: os.get.handler(async ({ input }) => {
      const opened = services.opened()
      const entry = await opened.catalog.get(input.name, input.version)
      return modelDetail(entry, opened.catalog.folder(input.name, input.version), opened.staleness)
    }),
    setAlias: os.setAlias.handler(async ({ input }) => {
      await services.opened().catalog.setAlias(input.name, input.alias, input.version)
      return {}
    }),
  }
}
