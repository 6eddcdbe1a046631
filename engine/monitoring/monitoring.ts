import type { Deployment } from '../../shared/contract/deployments.ts'
import type { FleetRow, MonitoringState } from '../../shared/contract/monitoring.ts'

/** What monitoring needs to know of deployments. */
export interface DeploymentList {
  list(): Promise<readonly Deployment[]> | readonly Deployment[]
  /** The bearer token that its endpoint asks for; null for none. */
  token(name: string): Promise<string | null> | string | null
}

/** Pulls what deployments count, keeps it in the workspace database and says what moved. */
export interface Monitoring {
  /**
   * Windows of the last `minutes` minutes; pulls first when the last pull is over a second old.
   * An endpoint that cannot be read is told in `problem`, beside what is stored.
   *
   * @throws Failure `not-found` for a name that is neither a deployment nor an endpoint read before
   */
  state(deployment: string, minutes: number): Promise<MonitoringState>
  /** One row a deployment, from what is stored. */
  fleet(): Promise<FleetRow[]>
  /** Pulls now. @throws Failure when the endpoint cannot be read */
  pull(deployment: string): Promise<void>
  /**
   * Pulls once from an address, whether it is one of our deployments or not, and answers its last day.
   *
   * @param token that the endpoint asks for; default: the one that a deployment of ours was given
   * @throws Failure `unreachable` when nothing is known of it either
   */
  pullEndpoint(address: string, token?: string): Promise<MonitoringState>
  /** Begins and ends the background polling. */
  start(): void
  stop(): Promise<void>
}
