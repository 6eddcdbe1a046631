import { newNameProblem } from '../../shared/catalog/folder-name.ts'
import { replicasAtMost } from '../../shared/contract/deployments.ts'
import { Failure } from '../../shared/failure.ts'
import { modelNamePattern } from '../../shared/notebook/train-spec.ts'

/** @throws Failure `invalid-input` */
export function assertDeploymentName(name: string): void {
  if (modelNamePattern.test(name)) return
  throw new Failure(
    'invalid-input',
    `"${name}" cannot name a deployment: a letter is expected, then letters, digits, _ or -.`,
    'Choose such a name.',
  )
}

/** @throws Failure `invalid-input` for a name that cannot stand beside those that are there on every system */
export function assertNewName(name: string, there: readonly string[]): void {
  const problem = newNameProblem(name, there)
  if (problem === null) return
  throw new Failure('invalid-input', `No deployment can be called so: ${problem.message}.`, problem.whatToDo)
}

/** @throws Failure `invalid-input` */
export function assertReplicas(replicas: number): void {
  if (Number.isInteger(replicas) && replicas >= 1 && replicas <= replicasAtMost) return
  throw new Failure(
    'invalid-input',
    `${replicas} replicas were asked for; 1 to ${replicasAtMost} are expected.`,
    'Ask for about as many as there are processor cores.',
  )
}

export function refuseTaken(name: string): never {
  throw new Failure(
    'already-exists',
    `There is a deployment "${name}" already.`,
    'Choose another name, swap what it serves, or remove it.',
  )
}

export function refuseHeld(port: number, holder: string): never {
  throw new Failure(
    'port-in-use',
    `Port ${port} belongs to the deployment "${holder}".`,
    'Choose another port, or remove that deployment.',
  )
}

export function refuseSilent(name: string, what: string): never {
  throw new Failure(
    'conflict',
    `The deployment "${name}" does not answer now.`,
    `Activate it first, then change ${what}.`,
  )
}

export function refuseRunning(name: string): never {
  throw new Failure(
    'conflict',
    `The deployment "${name}" runs, and reads its settings at its start only.`,
    'Deactivate it first, then activate it with them.',
  )
}
