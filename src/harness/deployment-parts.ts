/** What a deployment is made of. */
import type { TlsEndpoint } from './certificates.ts'
import type { DeploymentTls } from './deployment-tls.ts'
import type { MasterGroup } from './master-group.ts'
import type { Network } from './network.ts'
import type { DeploymentOptions } from './options.ts'
import type { ProxyProcess } from './proxy-process.ts'
import type { Resolver } from './resolver.ts'
import type { SentinelProcess } from './sentinel-process.ts'
import type { Timeline } from './timeline.ts'
import type { WaitLimit } from './wait-limit.ts'
import type { Workspace } from './workspace.ts'

export interface DeploymentParts {
  readonly options: DeploymentOptions
  readonly resolver: Resolver | undefined
  readonly tls: DeploymentTls | undefined
  readonly endpoint: TlsEndpoint | undefined
  readonly workspace: Workspace
  readonly limit: WaitLimit
  readonly timeline: Timeline
  readonly network: Network | undefined
  readonly groups: readonly MasterGroup[]
  readonly sentinels: readonly SentinelProcess[]
  readonly proxy: ProxyProcess | undefined
}
