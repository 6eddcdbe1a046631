import { z } from 'zod'

/** One package whose code lies inside the serving file. */
export const componentSchema = z.strictObject({
  name: z.string(),
  version: z.string(),
  /** As the package says it: an SPDX id or expression, or words. */
  license: z.string(),
  description: z.string(),
  /** The names with versions, `name@version`, of the packages that this one's code imports. */
  dependsOn: z.array(z.string()),
  /** Its licence and notice files, as they stand. */
  licenseText: z.string(),
})
export type Component = z.infer<typeof componentSchema>

/** The file `components.json` beside the built `server.mjs`; the first is the serving runtime itself. */
export const componentsSchema = z.strictObject({
  format: z.literal(1),
  components: z.array(componentSchema).min(1),
})
export type Components = z.infer<typeof componentsSchema>

export const componentId = ({ name, version }: Pick<Component, 'name' | 'version'>): string =>
  `${name}@${version}`

/** The packages of the server and of files beside it as one list; the first is the serving runtime itself. */
export function withComponents(server: Components, beside: Components): Components {
  const all = new Map<string, Component>()
  for (const component of [...server.components, ...beside.components]) {
    const id = componentId(component)
    const dependsOn = new Set([...(all.get(id)?.dependsOn ?? []), ...component.dependsOn])
    all.set(id, { ...component, dependsOn: [...dependsOn].sort() })
  }
  return { format: 1, components: [...all.values()] }
}

/**
 * The text of `LICENSES.txt`.
 *
 * @param runtime the packages that `runtime/` is made of
 * @param files those that hold code of the packages in `inServer`
 */
export function licensesText(
  bundle: string,
  inServer: readonly Component[],
  runtime: readonly Component[] = [],
  files: readonly string[] = ['server.mjs'],
): string {
  const components = [...inServer, ...runtime]
  const where =
    runtime.length === 0
      ? `all of it in ${files.join(' and ')}`
      : `in ${[...files, 'runtime/'].join(' and ')}`
  const line = '='.repeat(80)
  const entries = components.map(
    (component) =>
      `${line}\n${componentId(component)}: ${component.license}\n${line}\n\n${component.licenseText.trim()}\n`,
  )
  const intro = `${bundle} holds code of ${components.length} packages, ${where}. Their licences:\n\n${components
    .map((component) => `  ${componentId(component)}: ${component.license}`)
    .join('\n')}\n`
  return [intro, ...entries].join('\n')
}
