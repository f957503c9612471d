/** The master with its replicas, and the sentinels that monitor it. */
import type { FleetSentinelJson, MasterDetailsJson, PeerJson, ReplicaJson, SentinelJson } from '../../json.ts'
import { addressView, idView } from './copy-button.ts'
import { el, mark, type Content, type Kind } from './elements.ts'
import { troubleOf } from './findings.ts'
import { counting } from './format.ts'
import { peerHealth, replicaHealth, unreachableOf, type Health } from './health.ts'
import { sparkline, type LagHistory } from './lag.ts'
import { masterHash } from './place.ts'

export interface TopologyContext {
  readonly lag: LagHistory
  /** What is known of the sentinels besides what this one sees; empty until they were asked. */
  readonly sentinels: readonly FleetSentinelJson[]
  /** A button that makes all sentinels forget a node; undefined where actions are not allowed. */
  readonly forgetButton: (node: ReplicaJson | PeerJson) => Content
}

export function topologyView(master: MasterDetailsJson, context: TopologyContext): Content[] {
  const replicas = master.replicaList.map((replica) => replicaView(replica, master, context))
  const below = replicas.length === 0
    ? [el('p.muted', {}, 'No replica is known.')]
    : [el('div.wire', { 'aria-hidden': 'true' }), el('ul.kids', { 'aria-label': 'Replicas' }, replicas)]
  return [
    el('h3', {}, 'Topology'),
    el('div.tree', {}, masterNode(master), below),
    el(
      'div.group', {},
      el('h3', {}, 'Monitored by'),
      el('ul.watch', { 'aria-label': 'Sentinels' }, master.sentinelList.map((one) => (
        sentinelView(one, master, context)
      ))),
    ),
  ]
}

function masterNode(master: MasterDetailsJson): HTMLElement {
  const { status, failover, address, downMs, findings } = master
  const title = addressView(address)
  if (status !== 'ok') return nodeView('bad', title, [`Master, down${downFor(downMs)}`], '.top')
  const unreachable = unreachableOf(master)
  if (unreachable !== undefined) {
    return nodeView('warn', title, [`Master, unreachable for ${counting(unreachable.forMs)}`], '.top')
  }
  if (failover !== null) return nodeView('warn', title, ['Master, failing over'], '.top')
  const { kind, word } = troubleOf(findings, address) ?? { kind: 'ok' as const, word: 'up' }
  return nodeView(kind, title, [`Master, ${word}`], '.top')
}

function replicaView(replica: ReplicaJson, master: MasterDetailsJson, context: TopologyContext): HTMLElement {
  const { lag, forgetButton } = context
  const { kind, word } = replicaHealth(replica, master.findings)
  const { address } = replica
  const lines = [
    `Replica, ${word}${downFor(replica.downMs)}`,
    replica.priority === 0 ? 'never promoted (priority 0)' : `priority ${replica.priority}`,
    kind === 'ok' ? sparkline(lag.samples(master.name, address)) : undefined,
    replica.downMs === null ? undefined : forgetButton(replica),
  ]
  return el(kind === 'ok' ? 'li' : 'li.cut', {}, nodeView(kind, addressView(address), lines))
}

function sentinelView(sentinel: SentinelJson, master: MasterDetailsJson, context: TopologyContext): HTMLElement {
  const { sentinels, forgetButton } = context
  const { name: id } = sentinel
  const known = sentinels.find((one) => sentinel.isSelf ? one.isSelf : one.address === sentinel.address)
  const address = sentinel.isSelf ? known?.address : sentinel.address
  const { kind, word } = sentinel.isSelf ? ownHealth(known) : peerHealth(sentinel, master.findings)
  const title = address === undefined ? [el('span.addr', {}, 'this sentinel')] : addressView(address)
  const lines = [
    sentinel.isSelf && address !== undefined ? 'this sentinel' : undefined,
    sentinel.isSelf ? word : `${word}${downFor(sentinel.downMs)}`,
    idView(id),
    known?.page === null || known === undefined || known.isSelf ? undefined : pageLink(known.page, master.name),
    sentinel.isSelf || sentinel.downMs === null ? undefined : forgetButton(sentinel),
  ]
  return el('li', {}, nodeView(kind, title, lines))
}

function ownHealth(known: FleetSentinelJson | undefined): Health {
  return known?.tilt === true ? { kind: 'warn', word: 'in TILT' } : { kind: 'ok', word: 'up' }
}

/** A link to the dashboard of another sentinel. `page` comes from that sentinel, so only HTTP addresses are used. */
export function pageLink(page: string, master?: string): HTMLElement | undefined {
  if (!/^https?:\/\//.test(page) || !URL.canParse(page)) return undefined
  const url = new URL(page)
  if (master !== undefined) url.hash = masterHash(master)
  return el('a', { href: url.href, rel: 'noreferrer' }, 'open its page')
}

/** A box of the tree, or of a list of sentinels: its title, and one small line for each that is not undefined. */
export function nodeView(kind: Kind, title: readonly Content[], lines: readonly Content[], classes = ''): HTMLElement {
  const below = lines.flatMap((line) => line === undefined ? [] : [el('small', {}, line)])
  return el(
    `div.node${kind === 'ok' ? '' : `.${kind}`}${classes}`, {},
    mark(kind), el('div', {}, el('div.who', {}, title), below),
  )
}

function downFor(ms: number | null): string {
  return ms === null ? '' : ` for ${counting(ms)}`
}
