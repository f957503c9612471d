/**
 * A replica is told to follow the configured master only after the waits that give a leader's newer configuration
 * time to arrive: 4x publish period for one that claims to be master, failover-timeout for one that follows another.
 * Real changes come before reported ones, so the waits must hold in the data node's own history (behaviour.md 5.3).
 * Several sentinels may repair the same node at once: what counts is when it last went wrong. A sentinel that was cut
 * off while it was right takes what it saw before for the time between, as the original does (Q11).
 *
 * A master that was replaced and runs again is corrected without the wait where the configuration is confirmed
 * (docs/decisions/0045-returned-master.md): a majority of the sentinels has that
 * configuration or a later one, and no sentinel has ordered the promotion of the node in a later epoch.
 */
import type { Effect, Input } from '../../../src/core/index.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import { Lives } from './lives.ts'
import { tunable, type Checker } from './watch.ts'

/** Clocks of sentinels may run this much fast. */
const DRIFT = 0.97

export const noEarlyCorrection: Checker = {
  invariant: 'no correction of a data node before its time',
  watch: (watch) => {
    const { cluster, report } = watch
    const histories = new Map<string, Change[]>(cluster.nodes.map((node) => (
      [node.ip, [{ atMs: -Infinity, target: node.replication.master?.host ?? 'nobody' }]]
    )))
    const first = (host: string) => cluster.network.firstIp(host)
    const seen = new SeenByInfo(first)
    const lives = new Lives(watch)
    /** By sentinel and master: the newest configuration that it had in memory, although it may have forgotten it. */
    const held = new Map<string, bigint>()
    /** By sentinel: the newest epoch that it had in memory, although a crash on a failing disk may have taken it. */
    const newest = new Map<string, bigint>()
    return {
      said: (sentinel, { name, master = '' }) => {
        if (name === '+switch-master') hold(held, sentinel, master)
      },
      started: (sentinel) => { seen.begin(sentinel.name, cluster.nowMs) },
      sent: (sentinel, _argv, request, toIp) => { lives.noteOrder(sentinel, request, toIp) },
      nodeChanged: (node, what) => {
        lives.noteChange(node, what)
        if (!/^(?:replicates |is a master now|was started)/.test(what)) return
        const history = histories.get(node.ip) ?? []
        const followed = node.replication.master?.host
        history.push({ atMs: cluster.nowMs, target: followed === undefined ? 'nobody' : first(followed) })
        histories.set(node.ip, history)
      },
      stepped: (sentinel, input, effects, now) => {
        seen.note(sentinel.name, input, effects, cluster.nowMs)
        const epoch = newestEpochOf(sentinel)
        if (epoch > (newest.get(sentinel.name) ?? -1n)) newest.set(sentinel.name, epoch)
        if (input.type === 'operation' && input.operation.kind === 'remove') hold(held, sentinel, input.operation.name)
        for (const effect of effects) {
          if (effect.type !== 'emit') continue
          const { event } = effect
          lives.noteSwitch(sentinel, event)
          if (event.name === '+slave') seen.begin(`${sentinel.name} ${first(event.subject.host)}`, cluster.nowMs)
          if (event.name !== '+convert-to-slave' && event.name !== '+fix-slave-config') continue
          const { name, master = '', subject } = event
          const known = sentinel.view?.master(master, now)
          const isConversion = name === '+convert-to-slave'
          const wait = isConversion ? 4 * tunable(sentinel.view, 'publish-period') : known?.settings.failoverTimeoutMs ?? 0
          const isWrong = (target: string) => (
            isConversion ? target === 'nobody' : target !== 'nobody' && first(target) !== first(known?.host ?? '')
          )
          const host = first(subject.host)
          const sawRight = (fromMs: number, toMs: number) => seen.of(sentinel.name, host)
            .some(({ atMs, target }) => atMs >= fromMs && atMs <= toMs && !isWrong(target))
          const since = wrongSince(histories.get(host) ?? [], isWrong, sawRight)
          // Before the wait is over by its own INFO, it demotes a returned master, whatever the node was before.
          const seenSince = isConversion ? seen.since(sentinel.name, host, isWrong) : since
          const waited = cluster.nowMs - Math.max(since, seenSince)
          if (waited >= wait * DRIFT) continue
          const excuse = isConversion && lives.hasReturned(sentinel, host, seenSince)
          const others = cluster.sentinels.filter((one) => one !== sentinel)
          const doubt = excuse ? whyUnconfirmed(lives, [sentinel, ...others], {
            master, host, epoch: known?.configEpoch ?? 0n, held, newest,
          }) : ''
          if (doubt !== undefined) report(`${sentinel.name} says ${name} of ${subject.name} after ${Math.round(waited)} of ${wait} ms${doubt}`)
        }
      },
    }
  },
}

/** Why the configuration of a sentinel could not have been confirmed; undefined where it could. */
function whyUnconfirmed(
  lives: Lives, [sentinel, ...others]: readonly [SentinelNode, ...SentinelNode[]],
  { master, host, epoch, held, newest }: {
    readonly master: string
    readonly host: string
    readonly epoch: bigint
    readonly held: ReadonlyMap<string, bigint>
    readonly newest: ReadonlyMap<string, bigint>
  },
): string | undefined {
  const promotedIn = lives.promotedIn(master, host)
  const isForgotten = isForgottenByMajority([sentinel, ...others], promotedIn, newest)
  if (promotedIn > epoch && !isForgotten) return ` under config-epoch ${epoch}, but it was promoted in epoch ${promotedIn}`
  const epochs = others.flatMap((one) => {
    const present = epochOf(one, master)
    const before = held.get(`${one.name} ${master}`) ?? -1n
    return present === undefined ? [] : [present > before ? present : before]
  })
  // The order itself leaves after the save of this sentinel.
  const agreeing = 1 + epochs.filter((known) => known >= epoch).length
  const all = 1 + epochs.length
  return 2 * agreeing > all ? undefined : ` under config-epoch ${epoch}, which ${agreeing} of ${all} have`
}

/** Where disks refused an epoch and the processes ended, the sentinels that confirm may not know of that promotion. */
function isForgottenByMajority(
  sentinels: readonly SentinelNode[], promotedIn: bigint, newest: ReadonlyMap<string, bigint>,
): boolean {
  const unaware = sentinels.filter((one) => newestEpochOf(one) < promotedIn)
  return 2 * unaware.length > sentinels.length && unaware.some(({ name }) => (newest.get(name) ?? -1n) >= promotedIn)
}

/**
 * That a sentinel had a configuration stays true: REMOVE and MONITOR begin with epoch 0, and a crash may forget what no
 * disk has, after peers were told.
 */
function hold(held: Map<string, bigint>, sentinel: SentinelNode, master: string): void {
  const key = `${sentinel.name} ${master}`
  const epoch = epochOf(sentinel, master)
  if (epoch !== undefined && epoch > (held.get(key) ?? -1n)) held.set(key, epoch)
}

/** The configuration epoch of a sentinel. A disk that refuses it holds nothing back: it is in memory then. */
function epochOf(sentinel: SentinelNode, master: string): bigint | undefined {
  return sentinel.view?.master(master, sentinel.now())?.configEpoch
    ?? sentinel.disk.content.masters.find(({ name }) => name === master)?.configEpoch
}

function newestEpochOf({ disk, memory }: SentinelNode): bigint {
  const onDisk = disk.content.currentEpoch
  const inMemory = memory?.state.currentEpoch ?? 0n
  return inMemory > onDisk ? inMemory : onDisk
}

/** A change that lasted less than this may have been missed by a sentinel whose INFO was lost with its connection. */
const MISSED_MS = 25_000

/** When it began to be wrong, and stayed so but for moments. */
function wrongSince(
  history: readonly Change[], isWrong: (target: string) => boolean, sawRight: (fromMs: number, toMs: number) => boolean,
): number {
  let since = -Infinity
  let rightAt: number | undefined
  for (const { atMs, target } of history) {
    if (!isWrong(target)) {
      rightAt ??= atMs
      continue
    }
    if (rightAt !== undefined && atMs - rightAt >= MISSED_MS && sawRight(rightAt, atMs)) since = atMs
    rightAt = undefined
  }
  return since
}

interface Change {
  readonly atMs: number
  /** Whom it follows since then. */
  readonly target: string
}

/** What each sentinel was told by INFO of each data node. */
class SeenByInfo {
  readonly #first: (host: string) => string
  readonly #hosts = new Map<string, string>()
  readonly #seen = new Map<string, Change[]>()
  /** By sentinel, and by sentinel and replica. */
  readonly #begun = new Map<string, number>()

  /** @param first the first address of the machine that an address or a name belongs to */
  constructor(first: (host: string) => string) {
    this.#first = first
  }

  of(sentinel: string, host: string): readonly Change[] {
    return this.#seen.get(`${sentinel} ${host}`) ?? []
  }

  /** The process, or its record of a replica, is new: what was seen before counts no more. */
  begin(who: string, atMs: number): void {
    this.#begun.set(who, atMs)
  }

  /** Since when every INFO of a replica has shown it wrong. */
  since(sentinel: string, host: string, isWrong: (target: string) => boolean): number {
    const begun = Math.max(this.#begun.get(sentinel) ?? 0, this.#begun.get(`${sentinel} ${host}`) ?? 0)
    const all = this.of(sentinel, host).filter(({ atMs }) => atMs >= begun)
    const lastRight = all.findLastIndex(({ target }) => !isWrong(target))
    return all[lastRight + 1]?.atMs ?? Infinity
  }

  note(sentinel: string, input: Input, effects: readonly Effect[], atMs: number): void {
    if (input.type === 'reply' && input.request.kind === 'info' && input.reply.kind === 'bulk') {
      const key = `${sentinel} ${this.#hosts.get(`${sentinel} ${input.connection}`)}`
      const seen = this.#seen.get(key) ?? []
      seen.push({ atMs, target: targetIn(input.reply.text) })
      this.#seen.set(key, seen)
    }
    for (const effect of effects) {
      if (effect.type === 'connect') this.#hosts.set(`${sentinel} ${effect.connection}`, this.#first(effect.host))
    }
  }
}

function targetIn(info: string): string {
  return /^role:master\r?$/m.test(info) ? 'nobody' : /^master_host:(.*?)\r?$/m.exec(info)?.[1] ?? ''
}
