import { labelsFromText } from '../../shared/signature/labels-from-text.ts'
import { revealFolder } from '../bundles/reveal-folder.ts'
import type { Services } from '../services.ts'
import { confine } from '../workspace/confine.ts'
import { implementer } from './implementer.ts'

export function modelsApi(services: Services) {
  const os = implementer.models
  const models = () => services.opened().models
  const catalog = () => services.opened().catalog
  return {
    list: os.list.handler(() => models().list()),
    damaged: os.damaged.handler(() => models().damaged()),
    get: os.get.handler(({ input }) => models().get(input)),
    import: os.import.handler(async ({ input: { path, name: chosen, data, target, classes, columns } }) => {
      const { workspace, imports } = services.opened()
      const request = {
        name: chosen,
        file: await confine(workspace.path, path),
        shown: path,
        ...(data === undefined ? {} : { data }),
        ...(target === undefined ? {} : { target }),
        ...(classes === undefined ? {} : { classes: labelsFromText(classes) }),
        ...(columns === undefined ? {} : { columns }),
      }
      const task = services.tasks.start(`Importing ${path}`)
      try {
        const { name, version } = await imports.import(request, (title) => task.progress(0, title))
        return { name, version }
      } finally {
        task.end()
      }
    }),
    upload: os.upload.handler(({ input }) => services.opened().imports.upload(input)),
    setAlias: os.setAlias.handler(async ({ input }) => {
      await catalog().setAlias(input.name, input.alias, input.version, input.why)
      return {}
    }),
    edit: os.edit.handler(async ({ input }) => {
      await catalog().edit(input.name, input.version, input.changes, input.why)
      return {}
    }),
    lineage: os.lineage.handler(({ input }) => models().lineage(input)),
    diff: os.diff.handler(({ input }) => models().diff(input.before, input.after)),
    introspect: os.introspect.handler(({ input: { bundle, ...ref } }) => models().introspect(ref, bundle)),
    history: os.history.handler(async ({ input }) => [...(await catalog().history(input.name))]),
    remove: os.remove.handler(async ({ input: { why = '', ...ref } }) => {
      await models().remove(ref, why)
      return {}
    }),
    reveal: os.reveal.handler(async ({ input }) => {
      await catalog().get(input.name, input.version)
      await revealFolder(catalog().folder(input.name, input.version))
      return {}
    }),
  }
}
