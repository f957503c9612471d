/** The nodes and sentinels of one master as a table. */
import type { FleetMasterJson, FleetViewJson } from '../../documents/index.ts'
import { durationText } from '../../explain/index.ts'
import { tableLines, type Line, type Row } from '../lines.ts'
import { factsOf, type FleetReading, type MemberReading } from './fleet-reader.ts'
import { addressOf, flagsOf, reportsReplica, type Entry } from './sentinel-facts.ts'
import type { MasterReading } from './sentinel-reading.ts'

const HEAD = ['ROLE', 'ADDRESS', 'STATE', 'LAST ANSWER', 'PRIORITY', 'OFFSET', 'MASTER LINK']

/** The master and its replicas as the asked sentinel sees them, and what each sentinel says itself. */
export function masterTable(shown: FleetMasterJson, facts: MasterReading, reading: FleetReading): readonly Line[] {
  const troubles = new Map(shown.findings.flatMap(({ code, about, severity }) => {
    const words = severity === 'notice' ? undefined : TROUBLES[code]
    return words === undefined || about === null ? [] : [[about, words] as const]
  }).reverse())
  const rows = [
    dataNodeRow('master', facts.master, [], troubles),
    ...facts.replicas.map((replica) => dataNodeRow('replica', replica, [
      replica.get('slave-priority') ?? '', replica.get('slave-repl-offset') ?? '', linkText(replica),
    ], troubles)),
    ...sentinelRows(shown, facts.sentinels, reading),
  ]
  return tableLines(HEAD, rows, { indent: '  ' })
}

const READ_ONLY = 'reports the role of a replica (read-only)'

/** Findings about a node that its flags do not show; they may be newer than its flags. */
const TROUBLES: Readonly<Record<string, string>> = {
  'master-unreachable': 'no answer', 'replica-down': 'no answer', 'login-refused': 'refuses the login', 'command-refused': 'refuses a command',
  'promotion-refused': 'refuses orders', 'master-is-replica': READ_ONLY,
}

/** `troubles`: what is wrong with nodes, by address. */
function dataNodeRow(
  role: string, entry: Entry, more: readonly string[], troubles: ReadonlyMap<string, string> = new Map(),
): Row {
  const flags = stateText(entry)
  const state = flags === 'ok' ? troubles.get(addressOf(entry)) ?? 'ok' : flags
  const isBad = state !== 'ok' || more.at(-1)?.startsWith('down') === true
  return {
    cells: [role, addressOf(entry), state, agoText(entry), ...more],
    style: flagsOf(entry).includes('s_down') ? 'critical' : isBad ? 'warning' : undefined,
  }
}

/** The sentinels alone, for `explain`. */
export function sentinelTable(shown: FleetMasterJson, reading: FleetReading): readonly Line[] {
  const rows = sentinelRows(shown, factsOf(shown.name, reading)?.sentinels ?? [], reading)
  return tableLines(['SENTINEL', 'WHAT IT REPORTS'], rows.map(({ cells, style }) => ({ cells: cells.slice(1, 3), style })))
}

/** Those that the fleet knows; entries of the asked sentinel for others. */
function sentinelRows(
  { name, address, views }: FleetMasterJson, peers: readonly Entry[], { members }: FleetReading,
): Row[] {
  const own = members.filter(({ member: { sentinel, listedFor, views: all } }) => (
    sentinel.isSelf || listedFor.has(name) || all.has(name)
  ))
  const listed = peers.filter((entry) => !own.some((one) => isEntryOf(one, entry)))
  return [
    ...own.map((one) => sentinelRow(one, views.find(({ sentinel }) => sentinel === one.address), address, peers)),
    ...listed.map((entry) => dataNodeRow('sentinel', entry, [])),
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
  const seen = entry === undefined ? [] : flagsOf(entry).filter((flag) => ['s_down', 'disconnected'].includes(flag))
  const words = answers
    ? [
        ...tilt === true ? [`TILT${tiltLeftMs === null ? '' : ` for another ${durationText(tiltLeftMs)}`}, does not act`] : [],
        ...viewWords(view, master), ...seen.map((flag) => `${flag} for the asked one`),
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
    ...view.failover === null ? [] : [`leads the failover (${view.failover})`],
    ...view.status === 'ok' ? [] : ['sees it down'],
  ]
}

function agoText(entry: Entry): string {
  const ago = entry.get('last-ok-ping-reply')
  return ago === undefined ? '' : `${durationText(Number(ago))} ago`
}

/** The flags of an instance except its role. */
function stateText(entry: Entry): string {
  const noted = flagsOf(entry).filter((flag) => !['master', 'slave', 'sentinel'].includes(flag))
  const phase = entry.get('failover-state')
  const role = flagsOf(entry).includes('master') && reportsReplica(entry) ? [READ_ONLY] : []
  const words = [...role, ...noted, ...phase === undefined ? [] : [phase]]
  return words.length === 0 ? 'ok' : words.join(',')
}

function linkText(replica: Entry): string {
  const down = Number(replica.get('master-link-down-time') ?? '0')
  if (replica.get('master-link-status') === 'ok') return 'up'
  // Without any synchronisation the time is -1 s in release 6.2 and newer, and the time since 1970 in older ones.
  if (down < 0 || down >= 1e12) return 'down, never synchronised'
  return down > 0 ? `down for ${durationText(down)}` : 'down'
}
