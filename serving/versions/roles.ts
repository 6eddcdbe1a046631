import { z } from 'zod'
import { decode } from '../../shared/decode.ts'
import { expected } from '../../shared/decoding/expected.ts'
import { realFolder } from '../bundle/real-folder.ts'
import type { Role } from '../monitoring/metrics-text.ts'

export type RoleName = 'active' | 'shadow' | 'canary'

/** Which bundle folders serve, without links on their way, and as what. */
export interface Roles {
  active: string
  /** Scored on a copy of the traffic, never answering. */
  shadow: string | null
  /** Answers the fraction (above 0, below 1) of requests whose id falls to it. */
  canary: { folder: string; fraction: number } | null
}

/** A version in its role, as `GET /admin/model` shows it. */
export interface RoleDescription {
  name: string
  version: number
  folder: string
}

export interface RolesDescription {
  active: RoleDescription
  shadow: RoleDescription | null
  canary: (RoleDescription & { fraction: number }) | null
}

/** The body of `POST /admin/model`: what is to change; a role that is not named stays, null ends it. */
export const roleChangeSchema = z
  .strictObject({
    /** The folder of the bundle that answers from now on. */
    bundle: z.string().min(1).optional(),
    shadow: z.string().min(1).nullable().optional(),
    canary: z
      .strictObject({ bundle: z.string().min(1), fraction: z.number().gt(0).lt(1) })
      .nullable()
      .optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    error: expected('"bundle", "shadow" or "canary"'),
  })
export type RoleChange = z.infer<typeof roleChangeSchema>

/** The roles after a change. A version that becomes the active one leaves its other roles. */
export function changeRoles(roles: Roles, change: RoleChange): Roles {
  const active = change.bundle ?? roles.active
  const shadow = change.shadow === undefined ? roles.shadow : change.shadow
  const canary =
    change.canary === undefined
      ? roles.canary
      : change.canary && { folder: change.canary.bundle, fraction: change.canary.fraction }
  const promoted = change.bundle !== undefined
  return {
    active,
    shadow: promoted && change.shadow === undefined && shadow === active ? null : shadow,
    canary: promoted && change.canary === undefined && canary?.folder === active ? null : canary,
  }
}

/** The roles that a change says something of. */
export function namedRoles(change: RoleChange): RoleName[] {
  const named: [RoleName, unknown][] = [
    ['active', change.bundle],
    ['shadow', change.shadow],
    ['canary', change.canary],
  ]
  return named.flatMap(([role, value]) => (value === undefined ? [] : role))
}

/** A change whose folders are where their paths lead now. */
export async function withRealFolders({ bundle, shadow, canary }: RoleChange): Promise<RoleChange> {
  return {
    ...(bundle === undefined ? {} : { bundle: await realFolder(bundle) }),
    ...(shadow === undefined ? {} : { shadow: shadow && (await realFolder(shadow)) }),
    ...(canary === undefined
      ? {}
      : { canary: canary && { ...canary, bundle: await realFolder(canary.bundle) } }),
  }
}

export function roleOf(of: RolesDescription, name: string, version: number): Role {
  const is = (one: RoleDescription | null) => one?.name === name && one.version === version
  if (is(of.active)) return 'active'
  if (is(of.canary)) return 'canary'
  return is(of.shadow) ? 'shadow' : 'retired'
}

/** FNV-1a over the id's characters, mixed, as a share from 0 to 1: the same id falls to the same version everywhere. */
export function shareOf(id: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

/** @throws Failure `invalid-input` naming the key */
export const readRoleChange = (value: unknown): RoleChange =>
  decode(roleChangeSchema, value, 'The change of models')
