/**
 * A node of another deployment is never promoted nor given orders (docs/decisions/0048-lineage-and-foreign-nodes.md):
 * not while the last INFO reply that the sentinel has of it shows a working link to a server of that deployment, with
 * an id that only its data ever had; nor a master whose data had such an id before. A master that a server of that
 * deployment follows gets no order before hellos of its own sentinels would have arrived
 * (docs/decisions/0045-returned-master.md). A sentinel that knows no id of its master's data cannot tell, nor one that
 * saw such a server only at the address of an old master, without a replica: that is what a restart leaves. Data that a
 * replica copied from an address of ours are ours.
 */
import type { Effect, Input, Request } from '../../../src/core/index.ts'
import type { Cluster } from '../cluster.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import { tunable, type Checker } from './watch.ts'

/** Whether the master itself was promoted with the data of the other deployment, which are ours from then on. */
function hasStrangeMaster(cluster: Cluster, { view }: SentinelNode, group: string): boolean {
  const address = view?.clientAddress(group)
  const node = address === undefined ? undefined : cluster.nodeAt(cluster.network.firstIp(address.host), address.port)
  return node !== undefined && node.dataset.origin !== group
}

interface Shown {
  /** The last INFO reply of the node. */
  readonly info: string
  /** For how long it has reported its role, in publish periods. */
  readonly rolePeriods: number
  /** Ids of the data of our master. */
  readonly ourIds: ReadonlySet<string>
  /** Ids that only data of the other deployment had, and that do not look like those of an old master. */
  readonly foreignIds: { has(id: string): boolean }
}

/** Why the node must get no order; undefined where it may. */
function whyForeign({ info, rolePeriods, ourIds, foreignIds }: Shown): string | undefined {
  const [id, before] = ['master_replid', 'master_replid2'].map((field) => fieldOf(info, field))
  if (fieldOf(info, 'role') !== 'master') {
    const isLinked = fieldOf(info, 'master_link_status') === 'up' && fieldOf(info, 'master_host').startsWith(STRANGERS)
    return isLinked && foreignIds.has(id ?? '') ? 'is foreign' : undefined
  }
  if ([id, before].some((one) => ourIds.has(one ?? ''))) return undefined
  if (foreignIds.has(before ?? '')) return 'is a foreign master'
  const isFollowed = /^slave\d+:ip=10\.0\.20\./m.test(info)
  return isFollowed && rolePeriods < 4 ? `has been a master with strange replicas for ${rolePeriods} publish periods` : undefined
}

/** Addresses of the other deployment. */
const STRANGERS = '10.0.20.'

function fieldOf(info: string, field: string): string {
  return new RegExp(`^${field}:(\\S*)`, 'm').exec(info)?.[1] ?? ''
}

/** A master with one id and without replicas. */
function isRestarted(info: string): boolean {
  return fieldOf(info, 'role') === 'master' && /^0*$/.test(fieldOf(info, 'master_replid2')) && !/^slave0:/m.test(info)
}

/** An order to follow a master, or none. */
function isOrder(request: Request): boolean {
  return request.kind === 'transaction' && request.command.startsWith('SLAVEOF')
}

export const noForeignOrders: Checker = {
  invariant: 'a node of another lineage is never promoted nor given orders',
  watch: ({ cluster, report }) => {
    const foreignIds = new Set<string>()
    /** Addresses of masters that were replaced. */
    const oldMasters = new Set<string>()
    /** `sentinel id` of servers there that looked as after a restart without data. */
    const restarted = new Set<string>()
    /** Ids that replicas of ours copied from one of our addresses: a server took it while they still followed it. */
    const copied = new Set<string>()
    const remember = () => {
      for (const { dataset } of cluster.strangers) if (dataset.origin === 'x') foreignIds.add(dataset.replid)
    }
    const noteRestart = (sentinel: SentinelNode, input: Input) => {
      if (input.type !== 'reply' || input.request.kind !== 'info') return
      const { request: { record }, reply } = input
      const host = sentinel.memory?.state.records.get(record)?.address.host
      if (host === undefined || reply.kind !== 'bulk' || !oldMasters.has(cluster.network.firstIp(host))) return
      if (isRestarted(reply.text)) restarted.add(`${sentinel.name} ${fieldOf(reply.text, 'master_replid')}`)
    }
    const judge = (sentinel: SentinelNode, { argv, connection }: Extract<Effect, { type: 'send' }>) => {
      remember()
      const { view, memory } = sentinel
      const now = sentinel.now()
      for (const group of view?.masterNames() ?? []) {
        const lineage = memory?.state.lineage.get(group) ?? []
        if (lineage.length === 0 || hasStrangeMaster(cluster, sentinel, group)) continue
        const infos = view?.infoCache(group, now) ?? []
        const certain = { has: (id: string) => foreignIds.has(id) && !restarted.has(`${sentinel.name} ${id}`) }
        const ourIds = new Set([...lineage, ...copied])
        const ordered = [...memory?.state.masters.get(group)?.replicas.values() ?? []]
          .find(({ link }) => link.command?.id === connection)?.name
        for (const [at, { name, roleReportedMs }] of (view?.replicas(group, now) ?? []).entries()) {
          if (name !== ordered) continue
          const rolePeriods = roleReportedMs / tunable(view, 'publish-period')
          const why = whyForeign({ info: infos[1 + at]?.text ?? '', rolePeriods, ourIds, foreignIds: certain })
          if (why !== undefined) report(`${sentinel.name} orders ${argv.join(' ')} to ${name}, which ${why}`)
        }
      }
    }
    return {
      nodeChanged: (node) => {
        remember()
        const { dataset, replication: { master } } = node
        if (dataset.origin === 'x' && master !== undefined && cluster.nodeAt(master.host) !== undefined) copied.add(dataset.replid)
      },
      said: (_sentinel, event) => {
        if (event.name === '+switch-master') oldMasters.add(cluster.network.firstIp(event.from.host))
      },
      stepped: (sentinel, input, effects) => {
        if (cluster.strangers.length === 0) return
        noteRestart(sentinel, input)
        // Judged by what it knew when it decided: the order may leave later, when a save has ended.
        for (const effect of effects) if (effect.type === 'send' && isOrder(effect.request)) judge(sentinel, effect)
      },
    }
  },
}
