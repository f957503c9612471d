import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import type { Address } from './address.ts'
import { CertificateAuthority, LOOPBACK_NAMES, type CertificateFiles, type TlsEndpoint } from './certificates.ts'
import { redisConfigLines, sentinelConfigLines, type Placement } from './config-files.ts'
import type { Endpoint } from './connection.ts'
import type { MasterGroup } from './deployment.ts'
import { deploymentTls, type DeploymentTls } from './deployment-tls.ts'
import { clientAddresses, loopbackAddress } from './loopback.ts'
import { ControlledClock } from './faults/controlled-clock.ts'
import { ManagedProcess } from './managed-process.ts'
import type { Network } from './network.ts'
import { nodeName, planSentinels, type DeploymentOptions, type MasterPlan } from './options.ts'
import { ourSentinel, sentinelProgram } from './programs.ts'
import { proxyConfigLines, proxyMode, ProxyProcess } from './proxy-process.ts'
import { RedisProcess } from './redis-process.ts'
import { Resolver } from './resolver.ts'
import { SentinelProcess } from './sentinel-process.ts'
import { findServer } from './server-program.ts'
import { CURRENT_RELEASE, releaseOf, type ServerRelease } from './server-release.ts'
import { SlowDisk } from './slow-disk.ts'
import type { Timeline } from './timeline.ts'
import type { Workspace } from './workspace.ts'

/** Creates the processes of a deployment with their addresses, folders and files. */
export class DeploymentBuilder {
  readonly #timeline: Timeline
  readonly #options: DeploymentOptions
  readonly #workspace: Workspace
  readonly #network: Network | undefined
  #placed = 0
  readonly #authority: CertificateAuthority | undefined
  /** The TLS options of the harness itself. */
  readonly endpoint: TlsEndpoint | undefined
  /** What applications need to connect with TLS. */
  readonly tls: DeploymentTls | undefined
  /** Answers the lookups of our sentinels; undefined unless the deployment has a `resolver`. */
  readonly resolver: Resolver | undefined

  constructor(parts: {
    readonly options: DeploymentOptions
    readonly workspace: Workspace
    readonly network: Network | undefined
    readonly timeline: Timeline
  }) {
    this.#options = parts.options
    this.#workspace = parts.workspace
    this.#network = parts.network
    this.#timeline = parts.timeline
    this.#authority = parts.options.tls === true ? new CertificateAuthority(parts.workspace.folder) : undefined
    this.endpoint = this.#authority?.endpoint(this.#authority.issue('harness'))
    this.resolver = parts.options.resolver === true ? new Resolver(parts.workspace.folder, parts.timeline) : undefined
    this.tls = this.#authority && deploymentTls(this.#authority)
  }

  async group(plan: MasterPlan): Promise<MasterGroup> {
    const nodes: RedisProcess[] = []
    for (const [at, node] of plan.nodes.entries()) {
      const name = nodeName(this.#options, plan, at)
      const server = await findServer(node.server, this.#options.programs)
      // Asked while a port is sought.
      const asked = releaseOf(server.file, server.env)
      const placement = await this.#place(name)
      const release = await asked
      const linesFor = (wanted: ServerRelease, follows: Address | undefined): string[] => redisConfigLines({
        placement,
        node,
        login: plan,
        follows,
        extra: plan.redisConfig,
        modules: plan.modules,
        persistence: plan.persistence,
        release: wanted,
      })
      nodes.push(new RedisProcess({
        process: this.#process(name, placement.folder),
        address: placement.announced,
        control: this.#control(placement),
        reachable: () => this.#reachable(name),
        folder: placement.folder,
        configFile: join(placement.folder, 'redis.conf'),
        configLines: linesFor(release, nodes[0]?.address),
        linesFor,
        server,
        release,
        paths: this.#options.programs,
        timeline: this.#timeline,
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
      const program = sentinelProgram(sentinel.program, this.#options.programs)
      const placement = await this.#place(name)
      sentinels.push(new SentinelProcess({
        process: this.#process(name, placement.folder),
        program,
        address: placement.announced,
        control: this.#control(placement),
        reachable: () => this.#reachable(name),
        folder: placement.folder,
        configFile: join(placement.folder, 'sentinel.conf'),
        configLines: sentinelConfigLines({
          placement,
          sentinel,
          login,
          masters,
          extra: this.#options.sentinelConfig ?? [],
          release: await program.release?.() ?? CURRENT_RELEASE,
        }),
        login,
        timeline: this.#timeline,
        ...(this.#options.slowDisks === true && { disk: new SlowDisk(placement.folder) }),
      }))
    }
    return sentinels
  }

  /** The proxy of the first master; undefined unless the option asks for one. */
  async proxy(
    [group]: readonly MasterGroup[], sentinels: readonly SentinelProcess[],
  ): Promise<ProxyProcess | undefined> {
    const { proxy = false, programs, sentinelUser: user, sentinelPassword: password } = this.#options
    if (proxy === false || group === undefined) return undefined
    const name = 'proxy'
    const folder = join(this.#workspace.folder, name)
    mkdirSync(folder)
    const place = async (): Promise<Address> => ({ host: '127.0.0.1', port: await this.#workspace.claimPort() })
    const places = { address: await place(), readAddress: await place(), httpAddress: await place() }
    const { tls } = this.#placementTls(name)
    const extra = proxy === true ? [] : proxy.config ?? []
    return new ProxyProcess({
      ...places, folder, program: ourSentinel(programs), mode: proxyMode(extra),
      login: group.plan, process: this.#process(name, folder),
      control: this.#control({ bind: places.address, announced: places.address, folder }),
      configFile: join(folder, 'proxy.conf'),
      configLines: proxyConfigLines({
        places, tls, sentinels: sentinels.map(({ address }) => address), masterName: group.name,
        sentinelLogin: { user, password }, nodeLogin: group.plan, extra,
      }),
    })
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
    const bind = { host: loopbackAddress(this.#placed), port }
    const announced = { host: '127.0.0.1', port: await this.#workspace.claimPort() }
    await this.#network.add(name, bind, announced)
    // The relay refuses connections until the node is started.
    this.#network.processChanged(name, 'stopped')
    return { bind, announced, folder, ...this.#placementTls(name) }
  }

  #placementTls(name: string): Pick<Placement, 'tls'> {
    const authority = this.#authority
    return authority === undefined ? {} : { tls: { identity: this.#identity(authority, name), ca: authority.cert } }
  }

  #identity(authority: CertificateAuthority, name: string): CertificateFiles {
    const host = this.#options.hostName?.(name)
    const more = [...host === undefined ? [] : [host], ...clientAddresses(this.#options.clients).values()]
    return authority.issue(name, { hosts: [...LOOPBACK_NAMES, ...more] })
  }

  async #reachable(name: string): Promise<void> {
    await this.#network?.reachable(name)
  }

  #control({ bind }: Placement): Endpoint {
    return { ...bind, ...(this.endpoint !== undefined && { tls: { ...this.endpoint, rejectUnauthorized: false } }) }
  }

  #clock(folder: string): ControlledClock | undefined {
    const { clockFaults = false } = this.#options
    if (clockFaults === false) return undefined
    return new ControlledClock(folder, clockFaults === true ? undefined : clockFaults.libfaketime)
  }

  #process(name: string, folder: string): ManagedProcess {
    return new ManagedProcess({
      name,
      logFile: join(folder, 'log.txt'),
      workspace: this.#workspace,
      clock: this.#clock(folder),
      resolver: this.resolver,
      onChange: (change, detail) => {
        this.#network?.processChanged(name, change)
        this.#timeline.mark(name, change, detail)
      },
    })
  }
}

function addressOfFirst(nodes: readonly RedisProcess[]): Address {
  const [first] = nodes
  if (first === undefined) throw new Error('a group has at least one node')
  return first.address
}
