/** Rules about the zones in ts-sentinel.ini: zones without nodes, unknown nodes, masters without a candidate. */
import { canonicalIp, type DurableMaster, type Placement, type ProtectionSettings } from '../../core/index.ts'
import { addressText } from '../../explain/index.ts'
import { finding, type Finding } from './finding.ts'
import type { NodeAddress } from '../node-client/node-client.ts'
import type { LoadedFile } from './loaded-file.ts'
import type { MasterProbe, Probe } from './probe.ts'

/** A data node that the file or the master names. */
interface PlacedNode {
  readonly address: NodeAddress
  readonly isReplica: boolean
  /** What its server reports; empty = it reports none, undefined = it was not asked or did not answer. */
  readonly reported: string | undefined
  /** Undefined where it is not known. */
  readonly priority: number | undefined
}

interface ZonesGiven {
  readonly name: string
  readonly placement: Placement
  /** The master first. */
  readonly nodes: readonly PlacedNode[]
  /** The monitor line. */
  readonly where: string
}

/** `probe`: undefined where no node was asked. */
export function checkPlacement(
  { config, place }: LoadedFile, { general, masters }: ProtectionSettings, probe: Probe | undefined,
): Finding[] {
  return config.durable.masters.flatMap((master, at) => {
    const { placement } = masters.get(master.name) ?? general
    const asked = probe?.masters[at]
    const nodes = asked === undefined ? nodesInFile(master) : nodesAsked(asked)
    return checkZones({ name: master.name, placement, nodes, where: place('sentinel', 'monitor', master.name) })
  })
}

function nodesInFile(master: DurableMaster): readonly PlacedNode[] {
  return [master, ...master.replicas].map((address, at) => ({
    address, isReplica: at > 0, reported: undefined, priority: undefined,
  }))
}

function nodesAsked({ monitored, replicas }: MasterProbe): readonly PlacedNode[] {
  return [monitored, ...replicas].map(({ address, contact }, at) => {
    const info = contact.kind === 'answers' ? contact.info : undefined
    const priority = info?.get('slave_priority')
    return {
      address, isReplica: at > 0, reported: info === undefined ? undefined : info.get('availability_zone') ?? '',
      priority: priority === undefined ? undefined : Number(priority),
    }
  })
}

function checkZones(given: ZonesGiven): Finding[] {
  // A file without replicas is one of a sentinel that has not started yet.
  if (!given.nodes.some(({ isReplica }) => isReplica)) return []
  return [...unknownNodes(given), ...hiddenLines(given), ...zonesWithoutNodes(given), ...noCandidate(given)]
}

function unknownNodes({ name, placement, nodes, where }: ZonesGiven): Finding[] {
  return placement.zones.filter((line) => !nodes.some(({ address }) => isSame(line, address))).map((line) => (
    finding('warning', 'zone-unknown-node', where, [
      `ts-sentinel.ini has zone.${addressText(line)} for ${name}, which has no node at this address: the line has no effect`,
      'correct the address as SENTINEL MASTERS and SENTINEL REPLICAS show it, or remove the line',
    ])
  ))
}

function hiddenLines({ placement, nodes, where }: ZonesGiven): Finding[] {
  return nodes.flatMap(({ address, reported = '' }) => {
    const line = placement.zones.find((one) => isSame(one, address))
    if (reported === '' || line === undefined || line.zone === reported) return []
    return [finding('warning', 'zone-differs', where, [
      `ts-sentinel.ini puts ${addressText(address)} into zone ${line.zone}, but its server reports availability_zone ${reported}, which counts`,
      'remove the line, or correct availability-zone of the server',
    ])]
  })
}

function zonesWithoutNodes(given: ZonesGiven): Finding[] {
  const { name, placement: { preferZone, neverPromoteIn }, nodes, where } = given
  // A node that was not asked may report any zone.
  if (nodes.some((node) => zoneOf(given, node) === undefined && node.reported === undefined)) return []
  const isEmpty = (zone: string) => nodes.every((node) => zoneOf(given, node) !== zone)
  const named = [
    ...preferZone === undefined ? [] : [['prefer-zone', preferZone] as const],
    ...neverPromoteIn.map((zone) => ['never-promote-in', zone] as const),
  ]
  return named.filter(([, zone]) => isEmpty(zone)).map(([key, zone]) => finding('warning', 'zone-without-nodes', where, [
    `${key} of ${name} names zone ${zone}, and no node of ${name} is in it: it has no effect`,
    'correct the name of the zone, or name the zone of each node with zone.<host>:<port>',
  ]))
}

function noCandidate(given: ZonesGiven): Finding[] {
  const { name, placement: { neverPromoteIn }, nodes, where } = given
  const isExcluded = (node: PlacedNode) => node.priority === 0 || neverPromoteIn.includes(zoneOf(given, node) ?? '')
  const replicas = nodes.filter(({ isReplica }) => isReplica)
  // Priority 0 alone is another finding.
  if (!replicas.every(isExcluded) || replicas.every(({ priority }) => priority === 0)) return []
  return [finding('error', 'all-zones-excluded', where, [
    `every replica of ${name} is in a zone of never-promote-in or has priority 0: none can be promoted`,
    'take a zone out of never-promote-in, or start a replica in another one',
  ])]
}

function zoneOf({ placement }: ZonesGiven, { address, reported = '' }: PlacedNode): string | undefined {
  return reported === '' ? placement.zones.find((line) => isSame(line, address))?.zone : reported
}

function isSame(one: NodeAddress, other: NodeAddress): boolean {
  const text = ({ host }: NodeAddress) => canonicalIp(host) ?? host.toLowerCase()
  return one.port === other.port && text(one) === text(other)
}
