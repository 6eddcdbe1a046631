/** What of Node making a folder needs. */
export interface FolderSystem {
  /** @throws where nothing stands */
  stat(path: string): Promise<{ isDirectory(): boolean }>
  /** Makes one folder in one that is there. @throws where it cannot, or something stands there */
  mkdir(path: string): Promise<unknown>
  dirname(path: string): string
}

/**
 * Makes a folder and those above it that are missing; one that is there already is left.
 *
 * Node's own way (`mkdir` with `recursive`) takes ENOENT to mean that the folder above is missing, makes that one and
 * tries again. Where it is there and ENOENT means that it takes no such folder, as in /proc and on shares from Windows
 * for names that Windows cannot have, it tries for ever and cannot be stopped.
 *
 * @throws what the system says of the first folder that it does not make
 */
export async function makeFolder(path: string, system: FolderSystem): Promise<void> {
  const at = (one: string) => system.stat(one).catch(() => null)
  if ((await at(path))?.isDirectory()) return
  const parent = system.dirname(path)
  if (parent !== path && (await at(parent)) === null) await makeFolder(parent, system)
  try {
    await system.mkdir(path)
  } catch (error) {
    // Another program may have been faster.
    if (!(await at(path))?.isDirectory()) throw error
  }
}
