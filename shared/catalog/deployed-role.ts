import { z } from 'zod'

/** What a version does in a deployment beside the one that answers. */
export const besideRoles = ['shadow', 'canary'] as const
export const besideRoleSchema = z.enum(besideRoles)
export type BesideRole = z.infer<typeof besideRoleSchema>

/** How a use is called: `live`, or `live (shadow)` of a version that does not answer there. */
export function deployedAs({
  deployment,
  role,
}: {
  readonly deployment: string
  readonly role?: BesideRole | undefined
}): string {
  return role === undefined ? deployment : `${deployment} (${role})`
}
