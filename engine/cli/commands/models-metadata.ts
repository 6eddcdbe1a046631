import type { MetadataChanges } from '../../../shared/catalog/catalog-event.ts'
import { type CustomField, metadataCategories } from '../../../shared/catalog/custom-metadata.ts'
import { useCaseTypes } from '../../../shared/catalog/use-case-types.ts'
import { Failure } from '../../../shared/failure.ts'
import { parseParameters, UsageError } from '../command.ts'
import { table } from '../table.ts'
import { assertThere, type Call, edit, refOf, say } from './model-action.ts'

/** The custom fields that are set or described; what is not named of a field that is there stays as it is. */
async function customFields(call: Call): Promise<CustomField[]> {
  const { opened, args } = call
  const given = args.text('category')
  const category = metadataCategories.find((one) => one.toLowerCase() === given?.toLowerCase())
  if (given !== undefined && !category) {
    throw new UsageError(`--category takes ${metadataCategories.join(', ')}; found "${given}".`)
  }
  const values = parseParameters('--set', args.texts('set'))
  const descriptions = parseParameters('--describe', args.texts('describe'))
  const keys = [...new Set([...Object.keys(values), ...Object.keys(descriptions)])]
  if (keys.length === 0) return []
  const { name, version } = await refOf(call)
  const { custom } = (await opened.catalog.get(name, version)).metadata
  return keys.map((key) => {
    const before = custom.find((field) => field.key === key)
    const value = values[key] ?? before?.value
    if (value === undefined) {
      throw new Failure(
        'not-found',
        `${name} version ${version} has no custom field "${key}" to describe; it has ${custom.length === 0 ? 'none' : custom.map((field) => field.key).join(', ')}.`,
        `Give it a value as well: --set ${key}=…`,
      )
    }
    return {
      key,
      value,
      description: descriptions[key] ?? before?.description ?? '',
      category: category ?? before?.category ?? 'Other',
    }
  })
}

export async function metadata(call: Call): Promise<number> {
  const { opened, args } = call
  const useCase = args.text('use-case')
  const useCaseType = useCaseTypes.find((one) => one === useCase)
  if (useCase !== undefined && useCase !== 'none' && useCaseType === undefined) {
    throw new UsageError(
      `--use-case takes ${useCaseTypes.join(', ')}, or none for what follows from the task; found "${useCase}".`,
    )
  }
  const name = args.text('name')
  const description = args.text('description')
  const [setCustom, removeCustom] = [await customFields(call), args.texts('unset')]
  const setFreeform = parseParameters('--freeform', args.texts('freeform'))
  const removeFreeform = args.texts('unset-freeform')
  if (removeCustom.length + removeFreeform.length > 0) {
    const ref = await refOf(call)
    const { custom, freeform } = (await opened.catalog.get(ref.name, ref.version)).metadata
    const shown = `${ref.name}:${ref.version}`
    const keys = custom.map(({ key }) => key)
    assertThere(shown, 'custom field', removeCustom, keys)
    assertThere(shown, 'free-form tag', removeFreeform, Object.keys(freeform))
  }
  const changes: MetadataChanges = {
    ...(name === undefined ? {} : { displayName: name }),
    ...(description === undefined ? {} : { description }),
    ...(useCase === undefined ? {} : { useCaseType: useCaseType ?? null }),
    ...(setCustom.length > 0 ? { setCustom } : {}),
    ...(removeCustom.length > 0 ? { removeCustom } : {}),
    ...(Object.keys(setFreeform).length > 0 ? { setFreeform } : {}),
    ...(removeFreeform.length > 0 ? { removeFreeform } : {}),
  }
  if (Object.keys(changes).length > 0) return edit(call, changes)
  const { oci } = await opened.models.get(await refOf(call))
  const rows = oci.customMetadata.map(({ category, key, value, description: about }) => [
    category,
    key,
    value,
    about,
  ])
  return say(call, oci, table(['category', 'key', 'value', 'description'], rows))
}
