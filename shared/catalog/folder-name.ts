/** Names that Windows keeps for devices, in any case and whatever extension follows. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i

export interface NameProblem {
  readonly message: string
  readonly whatToDo: string
}

/**
 * Why a new model or deployment cannot have the name, whose folder may come to stand on any system; null where it can.
 *
 * @param there names of those that are there. They keep theirs.
 */
export function newNameProblem(name: string, there: readonly string[]): NameProblem | null {
  if (there.includes(name)) return null
  if (reserved.test(name)) {
    return {
      message: `"${name}" is a name that Windows keeps for a device: no folder can have it there`,
      whatToDo: `Choose another name, such as "${name}-1".`,
    }
  }
  const twin = there.find((other) => other.toLowerCase() === name.toLowerCase())
  if (twin === undefined) return null
  return {
    message: `"${name}" differs from "${twin}", which is there already, only in upper and lower case: macOS and Windows take them for one folder`,
    whatToDo: `Choose another name, or write "${twin}".`,
  }
}
