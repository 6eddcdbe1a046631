/** What of the file system making a folder needs. */
export interface FolderSystem {
  /** What stands at the path; null for nothing. */
  at(path: string): Promise<'folder' | 'other' | null>
  /** Makes one folder in one that is there. @throws where it cannot, or something stands there */
  make(path: string): Promise<unknown>
  parent(path: string): string
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
  if ((await system.at(path)) === 'folder') return
  const parent = system.parent(path)
  if (parent !== path && (await system.at(parent)) === null) await makeFolder(parent, system)
  try {
    await system.make(path)
  } catch (error) {
    // Another program may have been faster.
    if ((await system.at(path)) !== 'folder') throw error
  }
}
