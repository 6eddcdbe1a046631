import { hostname, userInfo } from 'node:os'

/** Who this is in the history that others read: `user@host`. */
export function whoAmI(): string {
  try {
    return `${userInfo().username}@${hostname()}`
  } catch {
    // A user id without a name, as in some containers.
    return `unknown@${hostname()}`
  }
}
