import { formatAddress, sameAddress, type Address } from './address.ts'
import type { TlsEndpoint } from './certificates.ts'
import { connectionFor, type Connections } from './client-connection.ts'
import { DeploymentBuilder } from './deployment-builder.ts'
import type { DeploymentParts } from './deployment-parts.ts'
import type { DeploymentTls } from './deployment-tls.ts'
import { eventually, messageOf, notYet } from './eventually.ts'
import { checkFormed, type FormedOptions } from './formed.ts'
import { clientAddressOf } from './loopback.ts'
import type { MasterGroup } from './master-group.ts'
import type { Network } from './network.ts'
import { openNetwork } from './open-network.ts'
import { notOneOf } from './option-checks.ts'
import {
  genuineWarning, GENUINE_FLOOR_MS, planMasters, planWarnings,
  type DeploymentOptions,
} from './options.ts'
import { sentinelProgram, type SentinelKind, type SentinelProgram } from './programs.ts'
import type { NodeProcess } from './node-process.ts'
import type { ProxyProcess } from './proxy-process.ts'
import type { RedisProcess } from './redis-process.ts'
import type { Resolver } from './resolver.ts'
import type { SentinelProcess } from './sentinel-process.ts'
import { checkRequirement } from './requirement.ts'
import { checkSettled, type SettledState } from './settled.ts'
import { START_LOOK_MS, startNodes } from './start-nodes.ts'
import { Timeline } from './timeline.ts'
import { validateOptions } from './validate-options.ts'
import { NO_LIMIT, type WaitLimit } from './wait-limit.ts'
import { Workspace } from './workspace.ts'
import { startWriter, type Writer } from './writer.ts'
import type { WriterOptions } from './writer-types.ts'

export type { MasterGroup } from './master-group.ts'

/**
 * Starts redis-servers and sentinels in a temporary folder and waits until they know each other. Call `stop()` at the
 * end; if the process ends before that, everything is cleaned up all the same.
 *
 * @param limit shortens all waits of the deployment; default: no limit
 * @throws Error when an option is invalid, a program is missing or a process does not start; everything is removed
 * again
 */
export async function startDeployment(options: DeploymentOptions = {}, limit = NO_LIMIT): Promise<Deployment> {
  const deployment = await Deployment.create(options, limit)
  try {
    if (options.started !== false) {
      await deployment.start()
      if (options.formed !== false) await deployment.waitUntilFormed()
    }
    return deployment
  } catch (error) {
    await deployment.stop()
    throw error
  }
}

/** A running set of masters, replicas and sentinels. */
export class Deployment {
  readonly groups: readonly MasterGroup[]
  readonly sentinels: readonly SentinelProcess[]
  readonly timeline: Timeline
  /** The relays between the nodes; undefined unless the deployment is `relayed`. */
  readonly network: Network | undefined
  /** Answers lookups of host names; undefined unless the deployment has a `resolver`. */
  readonly resolver: Resolver | undefined
  /** What applications need to connect; undefined unless the deployment has `tls`. */
  readonly tls: DeploymentTls | undefined
  /** Leads plain clients to the first master; undefined unless the deployment has a `proxy`. */
  readonly proxy: ProxyProcess | undefined
  readonly #options: DeploymentOptions
  readonly #endpoint: TlsEndpoint | undefined
  readonly #workspace: Workspace
  readonly #limit: WaitLimit
  readonly #warnings: string[] = []
  readonly #writers: Writer[] = []
  #stopped = false
  /** Time of the last fault before `stop()`, which ends processes without a fault. */
  #faultAtStop: number | undefined

  private constructor(parts: DeploymentParts) {
    this.#options = parts.options
    this.#endpoint = parts.endpoint
    this.#workspace = parts.workspace
    this.#limit = parts.limit
    this.tls = parts.tls
    this.resolver = parts.resolver
    this.timeline = parts.timeline
    this.network = parts.network
    this.groups = parts.groups
    this.sentinels = parts.sentinels
    this.proxy = parts.proxy
  }

  /** Writes all files and starts no process. Most tests use `startDeployment`. */
  static async create(options: DeploymentOptions, limit = NO_LIMIT): Promise<Deployment> {
    validateOptions(options)
    await checkRequirement(options)
    const timeline = new Timeline(limit)
    const network = await openNetwork(options, timeline)
    const workspace = new Workspace(options.folderPrefix ?? 'ts-sentinel')
    try {
      const builder = new DeploymentBuilder({ options, workspace, network, timeline })
      const groups: MasterGroup[] = []
      for (const plan of planMasters(options)) groups.push(await builder.group(plan))
      const sentinels = await builder.sentinels(groups)
      const proxy = await builder.proxy(groups, sentinels)
      const { tls, resolver, endpoint } = builder
      const deployment = new Deployment({
        options, tls, resolver, endpoint, workspace, limit, timeline, network, groups, sentinels, proxy,
      })
      for (const one of deployment.#servers) timeline.nameAddress(one.address, one.name)
      for (const warning of planWarnings(options)) deployment.#warn(warning)
      return deployment
    } catch (error) {
      await network?.close()
      await workspace.remove()
      throw error
    }
  }

  /** The temporary folder: one folder for each process, with its config file, its log and its data. */
  get folder(): string {
    return this.#workspace.folder
  }

  /** `stop()` or `leave()` has begun. */
  get stopped(): boolean {
    return this.#stopped
  }

  /** All redis-servers. */
  get nodes(): readonly RedisProcess[] {
    return this.groups.flatMap((group) => group.nodes)
  }

  /** The master that is used when no name is given: the first one. */
  get group(): MasterGroup {
    const [first] = this.groups
    if (first === undefined) throw new Error('this deployment monitors no master')
    return first
  }

  /** The group of a monitored master, by name. */
  groupNamed(masterName: string | undefined): MasterGroup {
    if (masterName === undefined) return this.group
    const found = this.groups.find((group) => group.name === masterName)
    if (found === undefined) throw new Error(`masterName: ${notOneOf(masterName, this.groups.map(({ name }) => name))}`)
    return found
  }

  /** A sentinel by its number, from 0. */
  sentinel(at: number): SentinelProcess {
    const found = this.sentinels[at]
    if (found === undefined) throw new Error(`no sentinel ${at}: the deployment has ${this.sentinels.length}`)
    return found
  }

  /** A node by its number in its group; 0 started as master. */
  node(at: number, masterName?: string): RedisProcess {
    const { nodes } = this.groupNamed(masterName)
    const found = nodes[at]
    if (found === undefined) throw new Error(`no node ${at}: the group has ${nodes.length}`)
    return found
  }

  /** The node with this address. */
  nodeAt(address: Address): RedisProcess {
    const found = this.nodes.find((node) => sameAddress(node.address, address))
    if (found === undefined) throw new Error(`no node of this deployment has the address ${formatAddress(address)}`)
    return found
  }

  /** Addresses of the sentinels, in the form that client libraries take. */
  get sentinelAddresses(): Address[] {
    return this.sentinels.map((sentinel) => sentinel.address)
  }

  get sentinelPassword(): string | undefined {
    return this.#options.sentinelPassword
  }

  /**
   * Ready-made options for a client: `new Redis(deployment.connection('ioredis'))`, or for another library, as one URL,
   * or as environment variables.
   *
   * @param options.masterName default: the first master
   * @param options.client one of the `clients` of the deployment, which faults of the network can then hit alone
   * @throws Error when there is no such kind, master or client
   */
  connection<K extends keyof Connections>(
    kind: K, options: { readonly masterName?: string, readonly client?: string } = {},
  ): Connections[K] {
    const { plan, name, nodes } = this.groupNamed(options.masterName)
    return connectionFor(kind, {
      masterName: name,
      sentinels: this.sentinelAddresses,
      nodes: nodes.map(({ address }) => address),
      user: plan.user,
      password: plan.password,
      sentinelUser: this.#options.sentinelUser,
      sentinelPassword: this.sentinelPassword,
      tls: this.tls,
      proxy: name === this.group.name ? this.proxy?.address : undefined,
      clientAddress: options.client === undefined ? undefined : this.clientAddress(options.client),
    })
  }

  /**
   * The loopback address by which the network recognises a named client: every process is reached under this host as
   * well, with its usual port, and a connection from this address counts as one of the client.
   *
   * @throws Error unless the deployment was started with this name in `clients`
   */
  clientAddress(client: string): string {
    return clientAddressOf(client, this.#options.clients)
  }

  /**
   * Settings that are allowed but not advisable, one line each; also marked in the timeline and emitted as warnings of
   * the process.
   */
  get warnings(): readonly string[] {
    return this.#warnings
  }

  /** The program of this kind, with the paths of this deployment; for `SentinelProcess.swap`. */
  program(kind: SentinelKind): SentinelProgram {
    if (kind !== 'ours') {
      for (const { plan } of this.groups) if (plan.downAfterMs <= GENUINE_FLOOR_MS) this.#warn(genuineWarning(plan))
    }
    return sentinelProgram(kind, this.#options.programs)
  }

  /** Starts every process that does not run: first the data nodes and, when replication works, the sentinels. */
  async start(): Promise<void> {
    await Promise.all(this.groups.map((group) => startNodes(group, this.#limit)))
    await Promise.all(this.sentinels.filter((sentinel) => !sentinel.running).map((sentinel) => sentinel.start()))
    if (this.proxy?.running === false) await this.proxy.start()
  }

  /** Ends all faults: heals the network, resumes and starts every process, and waits until the sentinels are formed. */
  async restore(): Promise<void> {
    this.network?.heal()
    for (const one of this.#servers) if (one.process.paused) one.resume()
    await this.start()
    if (this.#options.formed !== false) await this.waitUntilFormed()
  }

  /**
   * Waits until every running sentinel knows all others and all replicas, and sees no node down, and CKQUORUM is OK;
   * then until the proxy is ready.
   *
   * @param options the time limit in milliseconds, or with the processes to leave out
   */
  async waitUntilFormed(options: number | FormedOptions = {}): Promise<void> {
    const { timeoutMs = 60_000, without = [] } = typeof options === 'number' ? { timeoutMs: options } : options
    const names = [...this.sentinels, ...this.nodes].map(({ name }) => name)
    for (const name of without) if (!names.includes(name)) throw new Error(`without: ${notOneOf(name, names)}`)
    await eventually('the sentinels to know each other and all replicas', () => checkFormed(this, without), {
      timeoutMs: this.#limit.clip(timeoutMs), everyMs: START_LOOK_MS,
    })
    if (this.proxy?.running === true) await this.proxy.untilReady()
  }

  /**
   * Waits for the end of a failover: all running sentinels name the same master with the same config epoch, also in
   * their files, the master accepts writes, all other running nodes replicate from it, and no running node is flagged
   * down.
   *
   * @returns the master and the epoch that all agree on
   */
  async waitUntilSettled(options: {
    readonly masterName?: string
    readonly timeoutMs?: number
    /** The address of the old master, which must have been replaced. */
    readonly awayFrom?: Address
  } = {}): Promise<SettledState> {
    const group = this.groupNamed(options.masterName)
    return eventually(
      `${group.name} to settle`,
      () => checkSettled(this, group, options.awayFrom),
      { timeoutMs: this.#limit.clip(options.timeoutMs ?? 60_000), everyMs: 100 },
    )
  }

  /** The node that all running sentinels name as master. @throws Error when they do not agree */
  async currentMaster(masterName?: string): Promise<RedisProcess> {
    const { name } = this.groupNamed(masterName)
    const asked = this.sentinels.filter((sentinel) => sentinel.running && !sentinel.process.paused)
    const addresses = await Promise.all(asked.map((sentinel) => sentinel.masterAddress(name)))
    const [first] = addresses
    if (asked.length === 0) throw notYet(`no sentinel runs that could name the master of ${name}`)
    if (first === undefined || !addresses.every((address) => sameAddress(address, first))) {
      const seen = addresses.map((address) => address === undefined ? 'unknown' : formatAddress(address))
      throw notYet(`the sentinels name ${seen.join(', ')} for ${name}`)
    }
    return this.nodeAt(first)
  }

  /** Starts a client that writes increasing numbers, and records which acknowledged writes were lost. */
  async startWriter(options: Partial<WriterOptions> = {}): Promise<Writer> {
    const group = this.groupNamed(options.masterName)
    // Passwords may have changed.
    const { user, password } = group.nodes[0]?.login ?? group.plan
    const writer = await startWriter({
      masterName: group.name,
      sentinels: this.sentinelAddresses,
      ...(user !== undefined && { user }),
      ...(password !== undefined && { password }),
      ...(this.#options.sentinelUser !== undefined && { sentinelUser: this.#options.sentinelUser }),
      ...(this.#endpoint !== undefined && { tls: this.#endpoint }),
      limit: this.#limit,
      timeline: this.timeline,
      lastFaultAt: () => this.#lastFaultAt(),
      ...(this.sentinelPassword !== undefined && { sentinelPassword: this.sentinelPassword }),
      ...options,
    })
    this.#writers.push(writer)
    return writer
  }

  /** The writers that were started here. */
  get writers(): readonly Writer[] {
    return this.#writers
  }

  /** Leaves processes and folder running and in place; later calls of `stop()` do nothing. */
  async leave(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    this.timeline.end()
    await Promise.all(this.#writers.map((writer) => writer.stop()))
    for (const one of this.#servers) one.close()
    this.#workspace.keep()
    await this.network?.close()
    await this.#workspace.remove()
  }

  /** Ends all processes and removes the folder. May be called more than once. */
  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    this.#faultAtStop = this.timeline.lastFaultAt
    this.timeline.end()
    const failures: string[] = []
    const attempt = async (work: Promise<unknown>): Promise<void> => {
      try {
        await work
      } catch (error) {
        failures.push(messageOf(error))
      }
    }
    await Promise.all(this.#writers.map((writer) => attempt(writer.stop())))
    for (const one of this.#servers) one.close()
    // No process needs an orderly end here: SIGKILL is quick, and the folder is removed anyway. But a killed process
    // does not write its code coverage.
    const measured = process.env['NODE_V8_COVERAGE'] !== undefined
    await attempt(this.proxy?.kill() ?? Promise.resolve())
    await Promise.all(this.sentinels.map((one) => attempt(measured ? one.stop() : one.kill())))
    await Promise.all(this.nodes.map((one) => attempt(one.kill())))
    await attempt(this.network?.close() ?? Promise.resolve())
    await this.#workspace.remove()
    if (failures.length > 0) throw new Error(`the deployment did not stop cleanly: ${failures.join('; ')}`)
  }

  /** For `await using deployment = await startDeployment()`: as `stop()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  #lastFaultAt(): number | undefined {
    return this.#stopped ? this.#faultAtStop : this.timeline.lastFaultAt
  }

  get #servers(): readonly NodeProcess[] {
    return [...this.proxy === undefined ? [] : [this.proxy], ...this.sentinels, ...this.nodes]
  }

  /** Reports each warning once. */
  #warn(text: string): void {
    if (this.#warnings.includes(text)) return
    this.#warnings.push(text)
    this.timeline.mark('harness', 'warning', text)
    process.emitWarning(text, { type: 'HarnessWarning', code: 'TS_SENTINEL_HARNESS' })
  }
}
