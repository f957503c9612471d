/** The master with its replicas, and the sentinels that monitor it. */
import type { MasterDetailsJson, ReplicaJson, SentinelJson } from '../../json.ts'
import { el, mark, type Content, type Kind } from './elements.ts'
import { duration } from './format.ts'
import { peerHealth, replicaHealth } from './health.ts'

/** Number of characters shown of a sentinel's id, enough to distinguish it from the others. */
const ID_SHOWN = 8

export function topologyView(master: MasterDetailsJson): Content[] {
  const replicas = master.replicaList.map(replicaView)
  const below = replicas.length === 0
    ? [el('p.muted', {}, 'No replica is known.')]
    : [el('div.wire', { 'aria-hidden': 'true' }), el('ul.kids', { 'aria-label': 'Replicas' }, replicas)]
  return [
    el('h3', {}, 'Topology'),
    el('div.tree', {}, masterNode(master), below),
    el(
      'div.group', {},
      el('h3', {}, 'Monitored by'),
      el('ul.watch', { 'aria-label': 'Sentinels' }, master.sentinelList.map(sentinelView)),
    ),
  ]
}

function masterNode({ status, failover, address }: MasterDetailsJson): HTMLElement {
  if (status !== 'ok') return nodeView('bad', address, ['Master, down'], '.top')
  return failover === null
    ? nodeView('ok', address, ['Master, up'], '.top')
    : nodeView('warn', address, ['Master, failing over'], '.top')
}

function replicaView(replica: ReplicaJson): HTMLElement {
  const { kind, word } = replicaHealth(replica)
  const lines = [
    `Replica, ${word}${downFor(replica.downMs)}`,
    replica.priority === 0 ? 'never promoted (priority 0)' : `priority ${replica.priority}`,
  ]
  return el(kind === 'ok' ? 'li' : 'li.cut', {}, nodeView(kind, replica.address, lines))
}

function sentinelView(sentinel: SentinelJson): HTMLElement {
  const id = sentinel.name.slice(0, ID_SHOWN)
  if (sentinel.isSelf) return el('li', {}, nodeView('ok', 'this sentinel', [`up \u00b7 ${id}`]))
  const { kind, word } = peerHealth(sentinel)
  return el('li', {}, nodeView(kind, sentinel.address, [`${word}${downFor(sentinel.downMs)} \u00b7 ${id}`]))
}

function nodeView(kind: Kind, title: string, lines: readonly string[], classes = ''): HTMLElement {
  return el(
    `div.node${kind === 'ok' ? '' : `.${kind}`}${classes}`, {},
    mark(kind), el('div', {}, el('span.addr', {}, title), lines.map((line) => el('small', {}, line))),
  )
}

function downFor(ms: number | null): string {
  return ms === null ? '' : ` for ${duration(ms)}`
}
