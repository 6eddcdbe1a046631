/** Why a name cannot be that of one file or folder, or undefined. An empty one is only not typed yet. */
export function nameProblem(name: string): string | undefined {
  const separator = /[\\/]/.exec(name)?.[0]
  if (separator !== undefined) return `A name cannot have "${separator}" in it.`
  return name === '.' || name === '..' ? `"${name}" stands for another folder.` : undefined
}
