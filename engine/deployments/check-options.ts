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

/** @throws Failure `invalid-input` */
export function assertReplicas(replicas: number): void {
  if (Number.isInteger(replicas) && replicas >= 1 && replicas <= replicasAtMost) return
  throw new Failure(
    'invalid-input',
    `${replicas} replicas were asked for; 1 to ${replicasAtMost} are expected.`,
    'Ask for about as many as there are processor cores.',
  )
}

export function refuse(message: string, whatToDo: string, code: 'already-exists' | 'port-in-use'): never {
  throw new Failure(code, message, whatToDo)
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
