import type { ServerSettings } from '../../shared/bundle/check-deployment-settings.ts'
import type {
  Deployment,
  DeploymentDescription,
  ResourceSample,
  ServingProcess,
  VersionChange,
} from '../../shared/contract/deployments.ts'

export interface DeployOptions {
  bundle: string
  name: string
  port?: number | undefined
  replicas?: number | undefined
  settings?: ServerSettings | undefined
  /** Takes a bundle without a signature, now and whenever it is started again. */
  allowUnsigned?: boolean | undefined
}

/**
 * Bundles that run, or could, each at an endpoint that stays the same. Each is kept by a process of its own, which
 * outlives the engine and the command that started it.
 */
export interface Deployments {
  list(): Promise<Deployment[]>
  /** @throws Failure `not-found` naming what there is */
  get(name: string): Promise<Deployment>
  describe(name: string): Promise<DeploymentDescription>
  /** Answers when the endpoint is ready. @throws Failure `already-exists`, `integrity`, `unsigned`, `port-in-use`, `failed` */
  deploy(options: DeployOptions): Promise<Deployment>
  /** @param settings that change; an empty text takes one away. @throws Failure `conflict` for settings while it runs */
  activate(name: string, settings?: ServerSettings): Promise<Deployment>
  deactivate(name: string): Promise<Deployment>
  /** Changes which versions serve, without a stop. @throws Failure `conflict` with the reason; nothing changed then */
  swap(
    name: string,
    change: VersionChange,
    options?: Pick<DeployOptions, 'allowUnsigned'>,
  ): Promise<Deployment>
  /** Changes how many processes answer, without a stop. @throws Failure `conflict`, `invalid-input` */
  scale(name: string, replicas: number): Promise<Deployment>
  /** Stops it and forgets the endpoint with its state; the bundle stays. */
  remove(name: string): Promise<void>
  /** Gives servers that run without a keeper a new one. Starts no server: opening a workspace runs nothing. */
  adopt(): Promise<void>
  /** Adopts from now on, and tells of deployments that end or start again by themselves; the answer ends it. */
  watch(): () => void
  /** The bearer token that its endpoint asks for; null for none, and for a deployment that there is not. */
  token(name: string): Promise<string | null>
  logs(name: string, lines: number): Promise<string[]>
  /** The last lines at once, then new ones as they come, until the signal. */
  followLogs(name: string, lines: number, signal: AbortSignal): AsyncGenerator<string[], void, void>
  resources(name: string): Promise<{ processes: ServingProcess[]; samples: readonly ResourceSample[] }>
  request(
    name: string,
    rows: readonly Readonly<Record<string, unknown>>[],
  ): Promise<{ status: number; ms: number; body: unknown }>
}
