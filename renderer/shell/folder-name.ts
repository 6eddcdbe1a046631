/** Why a name cannot be that of one folder, or undefined. An empty one is only not typed yet. */
export function folderNameProblem(name: string): string | undefined {
  const separator = /[\\/]/.exec(name)?.[0]
  if (separator !== undefined) {
    return `A name cannot have "${separator}" in it. Choose the folder it should be in from the list.`
  }
  if (name === '.' || name === '..') return `"${name}" stands for another folder. Give the new one a name.`
  return undefined
}
