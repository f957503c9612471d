import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import type { Address } from './address.ts'
import { CertificateAuthority, type TlsEndpoint } from './certificates.ts'
import { redisConfigLines, sentinelConfigLines, type Placement } from './config-files.ts'
import type { Endpoint } from './connection.ts'
import type { MasterGroup } from './deployment.ts'
import { ManagedProcess } from './managed-process.ts'
import type { Network } from './network.ts'
import { planSentinels, type DeploymentOptions, type MasterPlan } from './options.ts'
import { sentinelProgram } from './programs.ts'
import { RedisProcess } from './redis-process.ts'
import { SentinelProcess } from './sentinel-process.ts'
import { SlowDisk } from './slow-disk.ts'
import { Timeline } from './timeline.ts'
import type { Workspace } from './workspace.ts'

/** Makes the processes of a deployment with their places and files. */
export class DeploymentBuilder {
  readonly timeline = new Timeline()
  readonly #options: DeploymentOptions
  readonly #workspace: Workspace
  readonly #network: Network | undefined
  #placed = 0
  readonly #authority: CertificateAuthority | undefined
  /** What the harness itself connects with. */
  readonly tls: TlsEndpoint | undefined

  constructor(options: DeploymentOptions, workspace: Workspace, network: Network | undefined) {
    this.#options = options
    this.#workspace = workspace
    this.#network = network
    this.#authority = options.tls === true ? new CertificateAuthority(workspace.folder) : undefined
    this.tls = this.#authority?.endpoint(this.#authority.issue('harness'))
  }

  async group(plan: MasterPlan): Promise<MasterGroup> {
    const nodes: RedisProcess[] = []
    const single = (this.#options.masters?.length ?? 1) === 1
    for (const [at, node] of plan.nodes.entries()) {
      const name = single ? `redis-${at}` : `${plan.name}-${at}`
      const placement = await this.#place(name)
      nodes.push(new RedisProcess({
        process: this.#process(name, placement.folder),
        address: placement.announced,
        control: this.#control(placement),
        folder: placement.folder,
        configFile: join(placement.folder, 'redis.conf'),
        configLines: redisConfigLines({
          placement,
          node,
          login: plan,
          follows: nodes[0]?.address,
          extra: this.#options.redisConfig ?? [],
        }),
        program: this.#options.programs?.redisServer ?? 'redis-server',
        login: plan,
      }))
    }
    return { plan, name: plan.name, nodes }
  }

  async sentinels(groups: readonly MasterGroup[]): Promise<SentinelProcess[]> {
    const masters = groups.map(({ plan, nodes }) => ({ plan, address: addressOfFirst(nodes) }))
    const login = { user: this.#options.sentinelUser, password: this.#options.sentinelPassword }
    const sentinels: SentinelProcess[] = []
    for (const [at, sentinel] of planSentinels(this.#options).entries()) {
      const name = `sentinel-${at}`
      const placement = await this.#place(name)
      sentinels.push(new SentinelProcess({
        process: this.#process(name, placement.folder),
        program: sentinelProgram(sentinel.program, this.#options.programs),
        address: placement.announced,
        control: this.#control(placement),
        folder: placement.folder,
        configFile: join(placement.folder, 'sentinel.conf'),
        configLines: sentinelConfigLines({
          placement,
          sentinel,
          login,
          masters,
          extra: this.#options.sentinelConfig ?? [],
        }),
        login,
        timeline: this.timeline,
        ...(this.#options.slowDisks === true && { disk: new SlowDisk(placement.folder) }),
      }))
    }
    return sentinels
  }

  async #place(name: string): Promise<Placement> {
    const folder = join(this.#workspace.folder, name)
    mkdirSync(folder)
    const port = await this.#workspace.claimPort()
    if (this.#network === undefined) {
      const bind = { host: '127.0.0.1', port }
      const announced = { host: this.#options.hostName?.(name) ?? bind.host, port }
      return { bind, announced, folder, ...this.#placementTls(name) }
    }
    this.#placed += 1
    // One loopback address for each node: 127.0.1.1, 127.0.1.2 and so on.
    const bind = { host: `127.0.${1 + Math.floor(this.#placed / 250)}.${1 + this.#placed % 250}`, port }
    const announced = { host: '127.0.0.1', port: await this.#workspace.claimPort() }
    await this.#network.add(name, bind, announced)
    return { bind, announced, folder, ...this.#placementTls(name) }
  }

  #placementTls(name: string): Pick<Placement, 'tls'> {
    const authority = this.#authority
    return authority === undefined ? {} : { tls: { identity: authority.issue(name), ca: authority.cert } }
  }

  #control({ bind }: Placement): Endpoint {
    return { ...bind, ...(this.tls !== undefined && { tls: this.tls }) }
  }

  #process(name: string, folder: string): ManagedProcess {
    return new ManagedProcess({
      name,
      logFile: join(folder, 'log.txt'),
      workspace: this.#workspace,
      onChange: (change) => { this.timeline.mark(name, change) },
    })
  }
}

function addressOfFirst(nodes: readonly RedisProcess[]): Address {
  const [first] = nodes
  if (first === undefined) throw new Error('a group has at least one node')
  return first.address
}
