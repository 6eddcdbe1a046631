import type { MetadataChanges } from '../../../../shared/catalog/catalog-event.ts'
import type { CustomField } from '../../../../shared/catalog/custom-metadata.ts'
import { useCaseOf } from '../../../../shared/catalog/oci-description.ts'
import type { UseCaseType } from '../../../../shared/catalog/use-case-types.ts'
import type { ModelDetail } from '../../../../shared/contract/models.ts'

/** What the form under About holds while it is being filled in. */
export interface AboutDraft {
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  readonly useCase: UseCaseType
  readonly freeform: readonly { readonly key: string; readonly value: string }[]
  readonly custom: readonly CustomField[]
}

/** What the draft begins with, and what it is compared with at the end. */
export type AboutNow = Pick<ModelDetail, 'tags' | 'customMetadata'> & {
  readonly oci: Pick<ModelDetail['oci'], 'displayName' | 'description' | 'taxonomy' | 'freeformTags'>
  readonly record: Pick<ModelDetail['record'], 'task'>
}

export function aboutDraft(now: AboutNow): AboutDraft {
  return {
    name: now.oci.displayName,
    description: now.oci.description,
    tags: now.tags,
    useCase: now.oci.taxonomy.UseCaseType,
    freeform: Object.entries(now.oci.freeformTags).map(([key, value]) => ({ key, value })),
    custom: now.customMetadata,
  }
}

/** Why the draft cannot be saved, naming the field; null where it can. */
export function draftProblem({ freeform, custom }: AboutDraft): string | null {
  for (const [what, keys] of [
    ['freeform tag', freeform.map(({ key }) => key.trim())],
    ['custom metadata field', custom.map(({ key }) => key.trim())],
  ] as const) {
    if (keys.includes('')) return `A ${what} has no key. Give it one, or remove it.`
    const twice = keys.find((key, index) => keys.indexOf(key) !== index)
    if (twice !== undefined) return `The ${what} ${twice} is there twice. Keep one of them.`
  }
  return null
}

const text = (field: CustomField) => JSON.stringify([field.value, field.description, field.category])

/** The smallest edit that makes the version what the draft says; empty where nothing differs. */
export function aboutChanges(now: AboutNow, draft: AboutDraft): MetadataChanges {
  const changes: MetadataChanges = {}
  if (draft.name !== now.oci.displayName) changes.displayName = draft.name
  if (draft.description !== now.oci.description) changes.description = draft.description
  if (draft.useCase !== now.oci.taxonomy.UseCaseType) {
    // What the task says is kept as nothing said, so that the history shows only what somebody chose.
    changes.useCaseType = draft.useCase === useCaseOf[now.record.task] ? null : draft.useCase
  }
  const addTags = draft.tags.filter((tag) => !now.tags.includes(tag))
  const removeTags = now.tags.filter((tag) => !draft.tags.includes(tag))
  if (addTags.length > 0) changes.addTags = addTags
  if (removeTags.length > 0) changes.removeTags = removeTags

  const freeform = new Map(draft.freeform.map(({ key, value }) => [key.trim(), value]))
  const before = new Map(Object.entries(now.oci.freeformTags))
  const setFreeform = [...freeform].filter(([key, value]) => before.get(key) !== value)
  const removeFreeform = [...before.keys()].filter((key) => !freeform.has(key))
  if (setFreeform.length > 0) changes.setFreeform = Object.fromEntries(setFreeform)
  if (removeFreeform.length > 0) changes.removeFreeform = removeFreeform

  const custom = draft.custom.map((field) => ({ ...field, key: field.key.trim() }))
  const known = new Map(now.customMetadata.map((field) => [field.key, text(field)]))
  const setCustom = custom.filter((field) => known.get(field.key) !== text(field))
  const removeCustom = [...known.keys()].filter((key) => !custom.some((field) => field.key === key))
  if (setCustom.length > 0) changes.setCustom = setCustom
  if (removeCustom.length > 0) changes.removeCustom = removeCustom
  return changes
}
