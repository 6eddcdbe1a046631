import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Metafile } from 'esbuild'
import { z } from 'zod'
import { type Component, type Components, componentId } from '../../shared/bundle/components.ts'
import { decodeJson } from '../../shared/decode.ts'

const licenseName = z.union([z.string(), z.object({ type: z.string() })])
const packageSchema = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string().default(''),
  license: licenseName.optional(),
  licenses: z.array(licenseName).optional(),
})

/** The package folder that a source file lies in, such as `node_modules/a/node_modules/b`; null for our own. */
function packageFolder(path: string): string | null {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? null
}

async function readPackage(folder: string): Promise<Omit<Component, 'dependsOn'>> {
  const path = join(folder, 'package.json')
  const about = decodeJson(packageSchema, await readFile(path, 'utf8'), path)
  const names = [about.license, ...(about.licenses ?? [])]
    .filter((license) => license !== undefined)
    .map((license) => (typeof license === 'string' ? license : license.type))
  const license = [...new Set(names)].join(' OR ') || 'not stated'
  const files = (await readdir(folder)).filter((name) => /^(licen[cs]e|copying|notice)([.-]|$)/i.test(name))
  const texts = await Promise.all(files.sort().map((name) => readFile(join(folder, name), 'utf8')))
  return {
    name: about.name,
    version: about.version,
    license,
    description: about.description,
    licenseText:
      texts.join('\n') || `The package carries no licence file. Its package.json says: ${license}.`,
  }
}

/**
 * The packages whose code esbuild put into the serving file, for its bill of materials and its licences.
 *
 * @param metafile of the build, whose paths are relative to `root`
 * @param root the folder of Slipway's own package.json
 */
export async function servingComponents(metafile: Metafile, root: string): Promise<Components> {
  const inlined = Object.values(metafile.outputs).flatMap((output) =>
    Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  )
  // The folder of Slipway itself is the empty text.
  const imports = new Map<string, Set<string>>([['', new Set()]])
  for (const path of inlined) imports.set(packageFolder(path) ?? '', new Set())
  for (const path of inlined) {
    const from = packageFolder(path) ?? ''
    for (const imported of metafile.inputs[path]?.imports ?? []) {
      const to = packageFolder(imported.path) ?? ''
      if (to !== from && to !== '' && imports.has(to)) imports.get(from)?.add(to)
    }
  }
  const found = new Map<string, Omit<Component, 'dependsOn'>>()
  for (const folder of imports.keys()) found.set(folder, await readPackage(resolve(root, folder)))
  const components = new Map<string, Component>()
  for (const [folder, about] of found) {
    const id = componentId(about)
    const dependsOn = new Set(components.get(id)?.dependsOn)
    for (const other of imports.get(folder) ?? []) {
      const target = found.get(other)
      if (target) dependsOn.add(componentId(target))
    }
    components.set(id, { ...about, dependsOn: [...dependsOn].sort() })
  }
  const [own, ...others] = components.values()
  if (!own) throw new Error(`${root} has no package.`)
  others.sort((a, b) => (componentId(a) < componentId(b) ? -1 : 1))
  return { format: 1, components: [own, ...others] }
}
