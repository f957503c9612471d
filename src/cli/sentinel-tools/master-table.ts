/** The nodes and sentinels of one master as a table. */
import type { FleetMasterJson, FleetViewJson } from '../../documents/index.ts'
import { durationText } from '../../explain/index.ts'
import { tableLines, type Line, type Row } from '../lines.ts'
import { factsOf, type FleetReading, type MemberReading } from './fleet-reader.ts'
import { nodeStateWords, phaseText, troublesByNode } from './node-state.ts'
import { addressOf, flagsOf, type Entry } from './sentinel-facts.ts'
import type { MasterReading } from './sentinel-reading.ts'

/** The link of a replica with an INFO of this age, in milliseconds, is shown without the age. */
const FRESH_INFO_MS = 2000

const HEAD = ['ROLE', 'ADDRESS', 'STATE', 'LAST ANSWER', 'PRIORITY', 'OFFSET', 'MASTER LINK']

/** The master and its replicas as the asked sentinel sees them, and what each sentinel says itself. */
export function masterTable(shown: FleetMasterJson, facts: MasterReading, reading: FleetReading): readonly Line[] {
  const troubles = troublesByNode(shown.findings)
  const rows = [
    nodeRow('master', facts.master, [], troubles),
    ...facts.replicas.map((replica) => nodeRow('replica', replica, [
      replica.get('slave-priority') ?? '', replica.get('slave-repl-offset') ?? '', linkText(replica),
    ], troubles)),
    ...sentinelRows(shown, facts.sentinels, reading, troubles),
  ]
  return tableLines(HEAD, rows, { indent: '  ' })
}

/** What findings say about nodes, by address. */
type Troubles = ReturnType<typeof troublesByNode>

/** A node as the asked sentinel sees it. */
function nodeRow(role: string, entry: Entry, more: readonly string[], troubles: Troubles): Row {
  const words = nodeStateWords(entry, troubles.get(addressOf(entry)) ?? [])
  const isBad = words.length > 0 || more.at(-1)?.startsWith('down') === true
  return {
    cells: [role, addressOf(entry), words.join(', ') || 'ok', agoText(entry), ...more],
    style: words.some((word) => /^down\b/.test(word)) ? 'critical' : isBad ? 'warning' : undefined,
  }
}

/** The sentinels alone, for `explain`. */
export function sentinelTable(shown: FleetMasterJson, reading: FleetReading): readonly Line[] {
  const peers = factsOf(shown.name, reading)?.sentinels ?? []
  const rows = sentinelRows(shown, peers, reading, troublesByNode(shown.findings))
  return tableLines(['SENTINEL', 'WHAT IT REPORTS'], rows.map(({ cells, style }) => ({ cells: cells.slice(1, 3), style })))
}

/** Those that the fleet knows; entries of the asked sentinel for others. */
function sentinelRows(
  { name, address, views }: FleetMasterJson, peers: readonly Entry[], { members }: FleetReading, troubles: Troubles,
): Row[] {
  const own = members.filter(({ member: { sentinel, listedFor, views: all } }) => (
    sentinel.isSelf || listedFor.has(name) || all.has(name)
  ))
  const listed = peers.filter((entry) => !own.some((one) => isEntryOf(one, entry)))
  return [
    ...own.map((one) => sentinelRow(one, views.find(({ sentinel }) => sentinel === one.address), address, peers)),
    ...listed.map((entry) => nodeRow('sentinel', entry, [], troubles)),
  ]
}

function isEntryOf({ address, member: { sentinel } }: MemberReading, entry: Entry): boolean {
  return address === addressOf(entry) || (sentinel.id !== null && sentinel.id === entry.get('runid'))
}

function sentinelRow(
  one: MemberReading, view: FleetViewJson | undefined, master: string, peers: readonly Entry[],
): Row {
  const entry = peers.find((peer) => isEntryOf(one, peer))
  const { isSelf, answers, problem, tilt, tiltLeftMs, kind } = one.member.sentinel
  const isLost = entry !== undefined && flagsOf(entry).some((flag) => flag === 's_down' || flag === 'disconnected')
  const words = answers
    ? [
        ...tilt === true ? [`TILT${tiltLeftMs === null ? '' : ` for another ${durationText(tiltLeftMs)}`}, does not act`] : [],
        ...viewWords(view, master), ...isLost ? ['not reached by the asked one'] : [],
      ]
    : [`does not answer: ${problem ?? 'unknown'}`]
  const kindWords = [...isSelf ? ['asked'] : [], ...kind === null || kind === 'ts-sentinel' ? [] : [kind === 'older' ? 'older ts-sentinel' : 'original']]
  return {
    cells: [
      'sentinel', one.address, `${words.join('; ') || 'ok'}${kindWords.length === 0 ? '' : ` (${kindWords.join(', ')})`}`,
      entry === undefined ? '' : agoText(entry),
    ],
    style: words.length > 0 ? 'warning' : undefined,
  }
}

/** What it says of the master, where that is anything but that the master is up. */
function viewWords(view: FleetViewJson | undefined, master: string): string[] {
  if (view === undefined) return ['does not monitor it']
  return [
    ...view.address === master ? [] : [`has ${view.address} as the master`],
    ...view.failover === null ? [] : [leadText(view.failover, view.failoverEpoch)],
    ...view.status === 'ok' ? [] : ['sees it down'],
  ]
}

/** Where two sentinels lead for a moment, the higher epoch is the current one. */
function leadText(phase: string, epoch: FleetViewJson['failoverEpoch']): string {
  const words = phaseText(phase)
  return epoch === null ? `leads the failover (${words})` : `leads the failover of epoch ${epoch} (${words})`
}

function agoText(entry: Entry): string {
  const ago = entry.get('last-ok-ping-reply')
  return ago === undefined ? '' : `${durationText(Number(ago))} ago`
}

/** The link of a replica to its master, with the age of the INFO that has reported it. */
function linkText(replica: Entry): string {
  const age = Number(replica.get('info-refresh') ?? '0')
  // Without any INFO the age is 0, and the time since 1970 in older releases.
  return `${linkState(replica)}${age > FRESH_INFO_MS && age < 1e12 ? ` (INFO ${durationText(age)} old)` : ''}`
}

function linkState(replica: Entry): string {
  const down = Number(replica.get('master-link-down-time') ?? '0')
  if (replica.get('master-link-status') === 'ok') return 'up'
  // Without any synchronisation the time is -1 s in release 6.2 and newer, and the time since 1970 in older ones.
  if (down < 0 || down >= 1e12) return 'down, never synchronised'
  return down > 0 ? `down for ${durationText(down)}` : 'down'
}
