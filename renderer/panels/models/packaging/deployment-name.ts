import { newNameProblem } from '../../../../shared/catalog/folder-name.ts'

/** A name for a new deployment: the model's own, or the first of `churn-2`, `churn-3`, … that is free. */
export function freeDeploymentName(model: string, taken: readonly string[]): string {
  const isFree = (name: string) => !taken.includes(name) && newNameProblem(name, taken) === null
  if (isFree(model)) return model
  for (let number = 2; ; number++) {
    const suffix = `-${number}`
    const name = `${model.slice(0, 64 - suffix.length)}${suffix}`
    if (isFree(name)) return name
  }
}
