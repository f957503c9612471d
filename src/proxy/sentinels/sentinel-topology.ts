/**
 * The topology of a fleet that sentinels monitor. All configured sentinels are asked at every event of one of them,
 * when a connection to a node breaks, and every 10 s; `src/proxy/topology/belief.ts` judges their answers.
 */
import type { Reply } from '../../core/index.ts'
import type { Logger, SentinelAsker } from '../../ports/index.ts'
import { count, hostAndPort } from '../../text/index.ts'
import type { Address, ProxySettings } from '../settings/settings.ts'
import { judge, type Opinion } from '../topology/belief.ts'
import { isMasterRole, readLags, readOpinion, readReplicas } from '../topology/node-replies.ts'
import { judgeReplicas, type ReplicaReport } from '../topology/replica-service.ts'
import {
  isSameAddress, type NodeAddress, type ReadNode, type Shard, type Topology, type TopologyChange, type TopologyView,
} from '../topology/topology.ts'
import { DOUBT_FIRST_MS, DOUBT_LONGEST_MS, LAG_MS, REFRESH_MS, SPACING_MS, SUSPICION_SPACING_MS } from './limits.ts'

export interface SentinelTopologyOptions {
  readonly settings: Pick<ProxySettings, 'sentinels' | 'masterName' | 'sentinelLogin' | 'nodeZones' | 'maxLagBytes' | 'waitForMasterMs'>
  /** Whether replicas are needed. */
  readonly hasReads: boolean
  readonly sentinels: SentinelAsker
  readonly nodes: SentinelAsker
  readonly logger: Logger
  /** Monotonic time in milliseconds. */
  readonly now: () => number
}

/** One configured sentinel. */
interface Source {
  readonly address: Address
  opinion: Opinion
  replicas: readonly ReplicaReport[] | undefined
  /** Why it does not answer; undefined: it does, or was not asked yet. */
  problem: string | undefined
  isAsked: boolean
  /** Something happened during the present question. */
  isOutdated: boolean
}

/** What is known about the sources and the master, for metrics and readiness. */
export interface SentinelFacts {
  readonly configured: number
  readonly reachable: number
  readonly master: NodeAddress | undefined
  /** Whether the master answered the last question of the proxy. */
  readonly isMasterReachable: boolean
}

export class SentinelTopology implements Topology {
  readonly view: TopologyView
  readonly #options: SentinelTopologyOptions
  readonly #sources: readonly Source[]
  readonly #listeners: ((change: TopologyChange) => void)[] = []
  #shard: Shard
  #uncertainFrom: number | undefined
  #isUnsettled = true
  #reachable = 0
  /** The node that answered ROLE with master, as long as it is the one to verify. */
  #verified: NodeAddress | undefined
  #verifying: NodeAddress | undefined
  #isMasterReachable = false
  #lags: ReadonlyMap<string, number> | undefined
  #doubtMs = DOUBT_FIRST_MS
  #refresh: NodeJS.Timeout | undefined
  #lagTimer: NodeJS.Timeout | undefined
  #lastSuspicion = -Infinity
  #isStopped = false

  constructor(options: SentinelTopologyOptions) {
    this.#options = options
    this.#sources = options.settings.sentinels.map((address) => ({
      address, opinion: { kind: 'unreachable' }, replicas: undefined, problem: undefined, isAsked: false, isOutdated: false,
    }))
    this.#shard = { name: options.settings.masterName, master: undefined, replicas: [] }
    this.#uncertainFrom = options.now()
    const shardOf = (): Shard => this.#shard
    const uncertainFrom = (): number | undefined => this.#uncertainFrom
    this.view = { shardOf, get uncertainFrom() { return uncertainFrom() } }
  }

  get facts(): SentinelFacts {
    return {
      configured: this.#sources.length, reachable: this.#reachable, master: this.#shard.master?.address,
      isMasterReachable: this.#isMasterReachable,
    }
  }

  onChange(listener: (change: TopologyChange) => void): void {
    this.#listeners.push(listener)
  }

  start(): void {
    this.askAll()
    if (this.#options.hasReads && this.#options.settings.maxLagBytes !== undefined) this.#scheduleLags()
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#refresh)
    clearTimeout(this.#lagTimer)
  }

  suspect(): void {
    const now = this.#options.now()
    if (now - this.#lastSuspicion < SUSPICION_SPACING_MS) return
    this.#lastSuspicion = now
    this.askAll()
  }

  /** Asks every sentinel. One that is being asked is asked again after its answer. */
  askAll(): void {
    if (this.#isStopped) return
    for (const source of this.#sources) this.#askSoon(source)
    this.#scheduleRefresh()
    this.#checkMaster()
  }

  #scheduleRefresh(): void {
    clearTimeout(this.#refresh)
    const isSettled = this.#shard.master !== undefined && this.#uncertainFrom === undefined && !this.#isUnsettled
    this.#doubtMs = isSettled ? DOUBT_FIRST_MS : Math.min(this.#doubtMs * 2, DOUBT_LONGEST_MS)
    this.#refresh = setTimeout(() => { this.askAll() }, isSettled ? REFRESH_MS : this.#doubtMs)
  }

  #askSoon(source: Source): void {
    if (source.isAsked) {
      source.isOutdated = true
      return
    }
    source.isAsked = true
    source.isOutdated = false
    void this.#ask(source).then(() => {
      if (this.#isStopped) return
      this.#judge()
      setTimeout(() => {
        source.isAsked = false
        if (source.isOutdated && !this.#isStopped) this.#askSoon(source)
      }, SPACING_MS)
    })
  }

  async #ask(source: Source): Promise<void> {
    const { settings: { masterName, sentinelLogin }, hasReads, sentinels } = this.#options
    try {
      const [address, replicas] = await sentinels.ask(source.address, [
        ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName],
        ...hasReads ? [['SENTINEL', 'REPLICAS', masterName]] : [],
      ])
      source.opinion = readOpinion(address)
      source.replicas = readReplicas(replicas)
      this.#setProblem(source, problemOf(address, masterName, sentinelLogin !== undefined))
    } catch (error) {
      source.opinion = { kind: 'unreachable' }
      source.replicas = undefined
      this.#setProblem(source, `does not answer: ${reasonOf(error)}`)
    }
  }

  #setProblem(source: Source, problem: string | undefined): void {
    if (source.problem === problem || this.#isStopped) return
    const name = `Sentinel ${hostAndPort(source.address.host, source.address.port)}`
    source.problem = problem
    if (problem === undefined) this.#options.logger.log('notice', `${name} answers again.`)
    else this.#options.logger.log('warning', `${name} ${problem}`)
  }

  #judge(): void {
    const opinions = this.#sources.map(({ opinion }) => opinion)
    const judgement = judge(opinions, this.#verified)
    this.#reachable = judgement.reachable
    this.#uncertainFrom = judgement.hasMajority ? undefined : this.#uncertainFrom ?? this.#options.now()
    const wasUnsettled = this.#isUnsettled
    this.#isUnsettled = judgement.isUnsettled
    if (judgement.toVerify !== undefined) this.#verify(judgement.toVerify)
    if (judgement.believed !== undefined) this.#believe(judgement.believed.address, judgement.believed.by)
    this.#judgeReplicas()
    if (wasUnsettled !== this.#isUnsettled) this.#scheduleRefresh()
  }

  #believe(address: NodeAddress, by: 'majority' | 'role'): void {
    const from = this.#shard.master?.address
    if (isSameAddress(from, address)) return
    const { logger, settings: { masterName } } = this.#options
    const before = from === undefined ? '' : ` It was ${hostAndPort(from.host, from.port)}.`
    const votes = this.#sources.filter(({ opinion }) => opinion.kind === 'names' && isSameAddress(opinion.address, address)).length
    const named = `named by ${votes} of ${count(this.#sources.length, 'sentinel')}${by === 'role' ? ', and it reports the role of a master' : ''}`
    logger.log('notice', `The master of ${masterName} is ${hostAndPort(address.host, address.port)}, ${named}.${before}`)
    this.#shard = {
      ...this.#shard, master: this.#nodeOf(address),
      replicas: this.#shard.replicas.filter((replica) => !isSameAddress(replica.address, address)),
    }
    this.#isMasterReachable = false
    this.#lags = undefined
    this.#emit({ kind: 'master', from, to: address })
    this.#checkMaster()
  }

  #judgeReplicas(): void {
    const reports = this.#sources.map(({ replicas }) => replicas).filter((replicas) => replicas !== undefined)
    // Without an answer nothing new is known: connections stay.
    if (reports.length === 0) return
    const { maxLagBytes, waitForMasterMs } = this.#options.settings
    const before = this.#shard.replicas
    const serving = new Set(before.map(({ address }) => hostAndPort(address.host, address.port)))
    const judged = judgeReplicas(reports, this.#lags, { serving, linkDownMs: waitForMasterMs, maxLagBytes })
      .filter(({ address }) => !isSameAddress(address, this.#shard.master?.address))
    const replicas = judged.filter(({ obstacle }) => obstacle === undefined).map(({ address }) => this.#nodeOf(address))
    this.#shard = { ...this.#shard, replicas }
    for (const { address } of before) {
      if (replicas.some((replica) => isSameAddress(replica.address, address))) continue
      const reason = judged.find((one) => isSameAddress(one.address, address))?.obstacle ?? 'it is no replica any more'
      this.#options.logger.log('notice', `Replica ${hostAndPort(address.host, address.port)} serves no reads: ${reason}.`)
      this.#emit({ kind: 'replica-out', address, reason })
    }
    for (const { address } of replicas) {
      if (before.some((replica) => isSameAddress(replica.address, address))) continue
      this.#options.logger.log('notice', `Replica ${hostAndPort(address.host, address.port)} serves reads.`)
      this.#emit({ kind: 'replica-in', address })
    }
  }

  #nodeOf(address: NodeAddress): ReadNode {
    return { address, zone: this.#options.settings.nodeZones.get(hostAndPort(address.host, address.port)) }
  }

  #emit(change: TopologyChange): void {
    for (const listener of this.#listeners) listener(change)
  }

  /** Asks the node for its role, because too few sentinels name it. */
  #verify(address: NodeAddress): void {
    if (isSameAddress(this.#verifying, address)) return
    this.#verifying = address
    this.#askNode(address, ['ROLE']).then((reply) => {
      this.#verifying = undefined
      if (this.#isStopped || !isMasterRole(reply)) return
      this.#verified = address
      this.#judge()
      // The answer holds for this moment: the next judgement asks again.
      this.#verified = undefined
    }, () => { this.#verifying = undefined })
  }

  /** Whether the master can be reached, for readiness. An error reply is an answer, too. */
  #checkMaster(): void {
    const address = this.#shard.master?.address
    if (address === undefined) return
    const set = (isReachable: boolean) => {
      if (isSameAddress(address, this.#shard.master?.address)) this.#isMasterReachable = isReachable
    }
    void this.#askNode(address, ['ROLE']).then(() => true, () => false).then(set)
  }

  #scheduleLags(): void {
    this.#lagTimer = setTimeout(() => {
      const address = this.#shard.master?.address
      if (address !== undefined) this.#measureLags(address)
      this.#scheduleLags()
    }, LAG_MS)
  }

  #measureLags(address: NodeAddress): void {
    this.#askNode(address, ['INFO', 'replication']).then((reply) => {
      if (this.#isStopped || !isSameAddress(address, this.#shard.master?.address)) return
      this.#lags = readLags(reply)
      this.#judgeReplicas()
    }, () => undefined)
  }

  async #askNode(address: NodeAddress, command: readonly string[]): Promise<Reply | undefined> {
    const [reply] = await this.#options.nodes.ask(address, [command])
    return reply
  }
}

function problemOf(reply: Reply | undefined, masterName: string, hasLogin: boolean): string | undefined {
  if (reply?.kind === 'null') return `does not monitor a master named ${masterName}: correct master, or the sentinel.`
  if (reply?.kind !== 'error') return undefined
  const advice = hasLogin ? WRONG_LOGIN : ' Give sentinel-auth, and sentinel-user where it has users.'
  const isLogin = /^(?:NOAUTH|NOPERM|WRONGPASS)/.test(reply.text)
  return `refuses the question: ${withoutPeriod(reply.text)}.${isLogin ? advice : ''}`
}

function reasonOf(error: unknown): string {
  const reason = withoutPeriod(error instanceof Error ? error.message : String(error))
  return `${reason}.${reason.startsWith('the login was refused') ? WRONG_LOGIN : ''}`
}

const WRONG_LOGIN = ' Correct sentinel-auth and sentinel-user.'

function withoutPeriod(text: string): string {
  return text.replace(/\.$/, '')
}
