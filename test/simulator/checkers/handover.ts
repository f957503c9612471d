/**
 * A coordinated failover (docs/decisions/0051-coordinated-failover.md): its order comes from an elected leader and
 * pauses writes no longer than the operator allowed; no hello waits behind the pause; the replica takes over with all
 * that the master has acknowledged, when that takes no more writes; and an adopted successor is one.
 */
import type { Effect, Operation, OperationResult, Request } from '../../../src/core/index.ts'
import type { Cluster } from '../cluster.ts'
import type { RedisNode } from '../redis-model.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import type { Checker, Watch } from './watch.ts'

/** Without TIMEOUT. */
const DEFAULT_MS = 10_000
/** INFO may be so old that showed a successor, and a slow network may delay it. */
const KNOWN_FOR_MS = 15_000
/** A handover that has begun is ended after this long at the earliest, or this long before the end of its time. */
const STUCK_MS = 1000
const ABORT_LEAD_MS = 500
/** INFO that is younger shows whether a handover that stopped half-way has gone on. */
const ABANDONED_MS = 3000
/** A command travels, and clocks differ. */
const TRAVEL_MS = 200
/** A lost connection is tried again after a ping period. */
const RECONNECT_MS = 1100

export const handover: Checker = {
  invariant: 'a coordinated failover loses no write, and pauses writes no longer than it may',
  watch: (watch) => {
    const { cluster, attempts, votes, report } = watch
    /** When the order of a sentinel must have ended, by sentinel and master, on its own clock. */
    const endsAt = new Map<string, number>()
    /** Nodes whose writes a sentinel has paused: until when, in simulated milliseconds. */
    const paused = new Map<string, number>()
    /** When a sentinel decided on its requests, in simulated milliseconds: they may wait for a save. */
    const decidedAt = new WeakMap<Request, number>()
    let handOnly = { name: '', atMs: -1 }
    const successions = new Successions(cluster)
    /** When a node became the replica of its own one, by its address, in simulated milliseconds. */
    const begunAt = new Map<string, number>()
    /** Nodes whose process ended while they handed over, and when they were started again. */
    const restartedAt = new Map<RedisNode, number>()
    /** Sentinels and masters of which they chose a replica with INFO from before the time to end a handover. */
    const unseen = new Set<string>()
    /** Sentinels and nodes that they ordered to become masters since they chose them. */
    const ordered = new Set<string>()
    /** Masters that took their role back at FAILOVER ABORT, by the sentinel that sent it. */
    const takenBack = new Map<SentinelNode, RedisNode>()
    return {
      answered: (sentinel, operation, result) => {
        const limit = limitOf(sentinel, operation, result)
        if (limit !== undefined) endsAt.set(`${sentinel.name} ${limit.master}`, sentinel.now().mono + limit.ms)
      },
      disturbed: (what) => {
        const node = /^(?:promote-by-hand node|split-configuration .* replica)="(.*)"/.exec(what)?.[1]
        if (node !== undefined) handOnly = { name: node, atMs: cluster.nowMs }
      },
      ended: (sentinel) => {
        const { name } = sentinel
        takenBack.delete(sentinel)
        for (const key of [...endsAt.keys()]) if (key.startsWith(`${name} `)) endsAt.delete(key)
        for (const key of [...paused.keys()]) if (key.startsWith(`${name} `)) paused.delete(key)
      },
      sent: (sentinel, argv, request, toIp) => {
        const [command, sub, ms = ''] = argv
        const key = `${sentinel.name} ${toIp}`
        if (command === 'SLAVEOF' && sub === 'NO') ordered.add(key)
        if (command === 'FAILOVER' && sub === 'ABORT') {
          checkPatience(watch, sentinel, { endsAt, toIp, begunMs: cluster.nowMs - (begunAt.get(toIp) ?? -Infinity) })
        }
        if (command === 'CLIENT' && sub === 'PAUSE') {
          checkPause(watch, sentinel, { endsAt, ms: Number(ms), toIp })
          paused.set(key, (decidedAt.get(request) ?? cluster.nowMs) + Number(ms))
        } else if (command === 'CLIENT' && sub === 'UNPAUSE') {
          paused.delete(key)
        } else if (command === 'PUBLISH' && (paused.get(key) ?? -1) > cluster.nowMs + TRAVEL_MS) {
          report(`${sentinel.name} sends a hello to ${toIp}, whose writes it has paused`)
        } else if (command === 'FAILOVER' && sub === 'TO') {
          const group = groupAt(watch, toIp)
          const attempt = attempts.current(sentinel, group)
          const voters = votes.votersOf(group, attempt?.epoch ?? -1n, sentinel.id)
          const known = (sentinel.view?.peers(group, sentinel.now()).length ?? 0) + 1
          if (attempt?.isElected !== true || voters.length < Math.floor(known / 2) + 1) {
            report(`${sentinel.name} orders ${toIp} to hand over with the votes of ${voters.join(', ')} of ${known}`)
          }
        }
      },
      stepped: (sentinel, _input, effects, now) => {
        for (const effect of effects) if (effect.type === 'send') decidedAt.set(effect.request, cluster.nowMs)
        for (const master of begunBySchedule(effects)) {
          endsAt.set(`${sentinel.name} ${master}`, now.mono + limitMs(sentinel, master, undefined))
        }
        noteChoices({ unseen, ordered }, sentinel, effects)
        checkAbort(watch, sentinel, { paused, effects })
        checkSuccessor(watch, sentinel, { old: takenBack.get(sentinel), effects })
        for (const { master, chosen, infoAt } of adoptions(sentinel, effects)) {
          if (!successions.has(chosen, now.mono - infoAt)) {
            report(`${sentinel.name} adopts ${chosen} as the master of ${master}, to which no node handed over`)
          }
        }
      },
      said: ({ name }, event) => {
        // It has forgotten the pause, which ends by itself.
        if (event.name !== '+reset-master' && event.name !== '-monitor') return
        for (const key of [...paused.keys()]) if (key.startsWith(`${name} `)) paused.delete(key)
      },
      nodeChanged: (node, what) => {
        successions.note()
        noteRestart({ cluster, restartedAt, begunAt }, node, what)
        if (node.handover.state === 'failover-in-progress') begunAt.set(node.ip, begunAt.get(node.ip) ?? cluster.nowMs)
        else begunAt.delete(node.ip)
        if (what !== 'is a master now') return
        if (handOnly.name === node.name && cluster.nowMs === handOnly.atMs) return
        for (const sentinel of cluster.sentinels) {
          if (ordersAbortOf(watch, sentinel, node)) takenBack.set(sentinel, node)
        }
        for (const sentinel of cluster.sentinels) {
          // Another leader, or an earlier failover, has promoted it: the order may be as old as a partition.
          const isItsOrder = node.orderedBy === sentinel.host.ip && ordered.has(`${sentinel.name} ${node.ip}`)
          if (node.orderedBy !== undefined && !isItsOrder) continue
          checkTakeover(watch, sentinel, node, { unseen, restartedAt })
        }
      },
    }
  },
}

function limitOf(
  sentinel: SentinelNode, operation: Operation, { kind }: OperationResult,
): { readonly master: string, readonly ms: number } | undefined {
  if (operation.kind !== 'failover' || operation.coordinated === undefined || kind !== 'ok') return undefined
  const { name, coordinated: { at, timeoutMs } } = operation
  return at === undefined ? { master: name, ms: limitMs(sentinel, name, timeoutMs) } : undefined
}

function limitMs(sentinel: SentinelNode, master: string, timeoutMs: number | undefined): number {
  const timeout = sentinel.view?.master(master, sentinel.now())?.settings.failoverTimeoutMs ?? 0
  return Math.min(timeout, timeoutMs ?? DEFAULT_MS)
}

/** Masters whose scheduled failover begins in this step; schedules of runs have no TIMEOUT. */
function begunBySchedule(effects: readonly Effect[]): string[] {
  return effects.flatMap((effect) => (
    effect.type === 'emit' && effect.event.name === '-scheduled' && effect.event.why === 'started' ? [effect.event.subject.name] : []
  ))
}

function checkPause(
  watch: Watch, sentinel: SentinelNode,
  { endsAt, ms, toIp }: { readonly endsAt: ReadonlyMap<string, number>, readonly ms: number, readonly toIp: string },
): void {
  const end = endsAt.get(`${sentinel.name} ${groupAt(watch, toIp)}`)
  const left = end === undefined ? 0 : end - sentinel.now().mono
  const isOld = watch.cluster.nodeAt(toIp)?.isOld === true
  const downAfterMs = sentinel.view?.master(groupAt(watch, toIp), sentinel.now())?.downAfterMs ?? 0
  if (isOld && ms > downAfterMs / 2) watch.report(`${sentinel.name} pauses all clients of ${toIp} for ${ms} of ${downAfterMs} ms`)
  if (ms > left + TRAVEL_MS) watch.report(`${sentinel.name} pauses ${toIp} for ${ms} ms, and ${left} are left`)
}

/** The request to take over may be on its way: a master that has only begun to hand over is given time. */
function checkPatience(
  watch: Watch, sentinel: SentinelNode,
  { endsAt, toIp, begunMs }: {
    readonly endsAt: ReadonlyMap<string, number>
    readonly toIp: string
    readonly begunMs: number
  },
): void {
  const group = groupAt(watch, toIp)
  const master = sentinel.memory?.state.masters.get(group)
  const isOwn = master?.handover?.isAdopted === false && master.failover.phase === 'wait-promotion'
  if (!isOwn || master.failoverState !== 'failover-in-progress') return
  const left = (endsAt.get(`${sentinel.name} ${group}`) ?? 0) - sentinel.now().mono
  if (begunMs < STUCK_MS - TRAVEL_MS && left > ABORT_LEAD_MS + TRAVEL_MS) {
    watch.report(`${sentinel.name} ends the handover of ${toIp} after ${begunMs} ms, and ${left} ms are left`)
  }
}

/** A leader that gives up ends the pause, where it has a connection. */
function checkAbort(
  { cluster, report }: Watch, { name, memory }: SentinelNode,
  { paused, effects }: { readonly paused: ReadonlyMap<string, number>, readonly effects: readonly Effect[] },
): void {
  for (const effect of effects) {
    if (effect.type !== 'emit' || effect.event.name !== '-failover-abort-master-timeout') continue
    const master = memory?.state.masters.get(effect.event.subject.name)
    const connection = master?.link.command
    if (master === undefined || connection === undefined) continue
    // It had none when it gave up.
    if (effects.some((other) => other.type === 'connect' && other.connection === connection.id)) continue
    const ip = cluster.network.firstIp(master.address.host)
    // Nothing ends the pause of an old server early.
    if (cluster.nodeAt(ip)?.isOld === true) continue
    const ends = effects.some((other) => other.type === 'send' && other.argv[1] === 'UNPAUSE')
    if (!ends && (paused.get(`${name} ${ip}`) ?? -1) > cluster.nowMs) report(`${name} gives up and leaves ${ip} paused`)
  }
}

/** Whether this sentinel has told this node to end its handover, and waits for the outcome. */
function ordersAbortOf({ cluster }: Watch, { memory }: SentinelNode, node: RedisNode): boolean {
  return [...memory?.state.masters.values() ?? []].some(({ handover: order, address }) => (
    order?.abort !== undefined && cluster.nodeAt(address.host) === node
  ))
}

/** The master accepts writes again, so its replica must not be announced, even where that has taken over as well. */
function checkSuccessor(
  { report }: Watch, { name, memory }: SentinelNode,
  { old, effects }: { readonly old: RedisNode | undefined, readonly effects: readonly Effect[] },
): void {
  for (const effect of effects) {
    if (effect.type !== 'emit' || effect.event.name !== '+promoted-slave') continue
    const isOrdered = memory?.state.masters.get(effect.event.master ?? '')?.handover?.abort !== undefined
    if (isOrdered && old?.isUp === true && old.isMaster) {
      report(`${name} announces ${effect.event.subject.host} beside ${old.name}, which took its role back`)
    }
  }
}

function groupAt({ cluster }: Watch, ip: string): string {
  return cluster.groupAt(ip)?.name ?? ''
}

function noteChoices(
  { unseen, ordered }: { readonly unseen: Set<string>, readonly ordered: Set<string> },
  { name, memory }: SentinelNode, effects: readonly Effect[],
): void {
  for (const effect of effects) {
    if (effect.type !== 'emit' || effect.event.name !== '+selected-slave') continue
    ordered.delete(`${name} ${effect.event.subject.host}`)
    const { infoAt = -Infinity, successor } = memory?.state.masters.get(effect.event.master ?? '') ?? {}
    const key = `${name} ${effect.event.master}`
    if (successor !== undefined && infoAt < successor.since + ABANDONED_MS) unseen.add(key)
    else unseen.delete(key)
  }
}

function noteRestart(
  { cluster, restartedAt, begunAt }: {
    readonly cluster: Cluster
    readonly restartedAt: Map<RedisNode, number>
    readonly begunAt: ReadonlyMap<string, number>
  },
  node: RedisNode, what: string,
): void {
  if (what === 'was killed' || what === 'lost its power') {
    if (begunAt.has(node.ip)) restartedAt.set(node, Infinity)
    else restartedAt.delete(node)
  } else if (what.startsWith('was started') && restartedAt.has(node)) restartedAt.set(node, cluster.nowMs)
}

/**
 * Whether a sentinel cannot have read yet that this master was started again after it had begun to hand over. The
 * request to take over may be on its way: nobody can call it back.
 */
function isRestartUnread(
  { cluster: { network, nowMs } }: Watch, sentinel: SentinelNode,
  { old, restartedAt }: { readonly old: RedisNode, readonly restartedAt: number },
): boolean {
  const { ip } = sentinel.host
  const roundTripMs = network.route(old.ip, ip).slowestMs + network.route(ip, old.ip).slowestMs
  return nowMs < restartedAt + RECONNECT_MS + 3 * roundTripMs
}

/**
 * The node becomes a master while this sentinel waits for that. A failover that an operator ordered, or of a master
 * that is down, is a plain one if it chose without having seen how a handover went on, or chose another replica.
 * `unseen`: see `noteChoices`.
 */
function checkTakeover(
  watch: Watch, sentinel: SentinelNode, node: RedisNode,
  { unseen, restartedAt }: {
    readonly unseen: ReadonlySet<string>
    readonly restartedAt: ReadonlyMap<RedisNode, number>
  },
): void {
  const { cluster, report } = watch
  for (const master of sentinel.memory?.state.masters.values() ?? []) {
    const { handover: order, failover, address, successor } = master
    const isAbandoned = order === undefined && successor?.isPromoted === false
    if (!(isAbandoned || order?.isAdopted === false) || failover.phase !== 'wait-promotion') continue
    const isPlain = unseen.has(`${sentinel.name} ${master.name}`) || successor?.replica !== failover.promoted
    if (isAbandoned && (failover.forced || master.odown) && isPlain) continue
    if (cluster.nodeAt(failover.promoted.address.host) !== node) continue
    const old = cluster.nodeAt(address.host)
    if (old?.isUp !== true) continue
    if (isRestartUnread(watch, sentinel, { old, restartedAt: restartedAt.get(old) ?? -Infinity })) continue
    // The request to take over was on its way: the old master stays (checkSuccessor).
    if (old.isMaster && order?.abort === undefined) report(`${node.name} is promoted beside ${old.name}, which was ordered to hand over`)
    const has = new Set(node.dataset.writes.map(({ id }) => id))
    const missing = old.dataset.writes.filter(({ id }) => !has.has(id)).length
    if (missing > 0) report(`${node.name} takes over from ${old.name} without ${missing} of its writes`)
  }
}

/** The successors that a sentinel chooses in this step, and since when its INFO shows that, on its own clock. */
function adoptions(
  sentinel: SentinelNode, effects: readonly Effect[],
): { master: string, chosen: string, infoAt: number }[] {
  return effects.flatMap((effect) => {
    if (effect.type !== 'emit' || effect.event.name !== '+selected-slave') return []
    const { master = '', subject } = effect.event
    const known = sentinel.memory?.state.masters.get(master)
    if (known?.handover?.isAdopted !== true) return []
    const infoAt = Math.min(known.infoAt ?? Infinity, known.replicas.get(subject.name)?.infoAt ?? Infinity)
    return [{ master, chosen: subject.host, infoAt }]
  })
}

/** When a master was last followed by a node that had been a master itself. */
class Successions {
  readonly #cluster: Cluster
  readonly #seen = new Map<string, number>()
  readonly #masters = new Set<string>()

  constructor(cluster: Cluster) {
    this.#cluster = cluster
    this.note()
  }

  note(): void {
    for (const node of this.#cluster.nodes) {
      const host = node.replication.master?.host
      const master = host === undefined ? undefined : this.#cluster.nodeAt(host)
      if (host === undefined) this.#masters.add(node.ip)
      else if (master?.isMaster === true && this.#masters.has(node.ip)) this.#seen.set(master.ip, this.#cluster.nowMs)
    }
  }

  /** @param infoAgeMs how long ago the sentinel read INFO of that node or of the one before it last */
  has(host: string, infoAgeMs: number): boolean {
    this.note()
    const since = this.#cluster.nowMs - infoAgeMs - KNOWN_FOR_MS
    return (this.#seen.get(this.#cluster.network.firstIp(host)) ?? -Infinity) >= since
  }
}
