import type { Services } from '../services.ts'
import { implementer } from './implementer.ts'

export function dataApi(services: Services) {
  const os = implementer.data
  const data = () => services.opened().data
  return {
    relations: os.relations.handler(() => data().relations()),
    window: os.window.handler(({ input }) => data().window(input)),
    profile: os.profile.handler(({ input }) => data().profile(input.relation, input.columns)),
    importPath: os.importPath.handler(({ input }) => data().importPath(input.path, input.relation)),
    preview: os.preview.handler(({ input }) => data().preview(input.path, input.limit)),
    upload: os.upload.handler(({ input }) => data().upload(input)),
    drop: os.drop.handler(async ({ input }) => {
      await data().drop(input.relation)
      return {}
    }),
  }
}
