import type { Deployment } from '../../shared/contract/deployments.ts'
import type { DeploymentRecord } from './deployment-store.ts'
import type { KeeperState } from './keeper-file.ts'
import { endpointOf } from './server-process.ts'

/** What was found out about a deployment. */
export interface Findings {
  record: DeploymentRecord
  keeper: KeeperState | null
  /** A keeper watches over it. */
  kept: boolean
  /** Its endpoint names the instance that the keeper started last. */
  answers: boolean
  /** What is being done to it right now, by us. */
  transition: 'CREATING' | 'UPDATING' | null
}

function stateOf({ record, keeper, kept, answers, transition }: Findings): [Deployment['state'], string] {
  if (transition) return [transition, '']
  if (!record.active) return [kept && answers ? 'UPDATING' : 'INACTIVE', '']
  if (answers) return ['ACTIVE', '']
  if (keeper?.phase === 'failed') return ['FAILED', keeper.problem]
  if (keeper && kept) {
    const ended =
      keeper.lastExit === null ? 'It does not answer.' : `Its process ended: ${keeper.lastExit.reason}.`
    return keeper.phase === 'starting' && keeper.lastExit === null ? ['CREATING', ''] : ['RESTARTING', ended]
  }
  const pid = keeper?.server ? ` ${keeper.server.pid}` : ''
  return [
    'FAILED',
    `Its process${pid} is not running any more, and neither is what would start it again, such as after a restart of the computer.`,
  ]
}

/** A deployment as it is, from what was found out about it. */
export function describeDeployment(findings: Findings): Deployment {
  const { record, keeper, answers, transition } = findings
  const { name, model, bundle, created, replicas, shadow, canary } = record
  const [state, problem] = stateOf(findings)
  const server = answers && transition === null && state === 'ACTIVE' ? (keeper?.server ?? null) : null
  return {
    name,
    state,
    problem,
    endpoint: endpointOf(record.port),
    model,
    bundle,
    replicas,
    pid: server?.pid ?? null,
    activeSince: server?.since ?? null,
    created,
    restarts: keeper?.restarts ?? 0,
    lastExit: keeper?.lastExit ?? null,
    nextStart: state === 'RESTARTING' ? (keeper?.nextStart ?? null) : null,
    shadow,
    canary,
  }
}
