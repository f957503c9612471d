/** Rules about the other sentinels of a master: whether they can be reached, monitor it, and name the same address. */
import { canonicalIp, type DurableMaster } from '../../core/index.ts'
import { addressText } from '../../explain/index.ts'
import type { NodeAddress } from '../node-client/node-client.ts'
import { finding, type Finding } from './finding.ts'
import type { MasterProbe, Probe, SentinelProbe } from './probe.ts'

/** `ownId`: empty before the first start of this sentinel. */
export function sentinelFindings({ sentinels, monitored: { master } }: MasterProbe, ownId: string): Finding[] {
  return sentinels.flatMap((probe) => probe.isDataNode ? [dataNode(probe)] : [
    ...unreachable(probe), ...refusing(probe), ...withSameId(probe, ownId), ...withoutMaster(probe),
    ...withOtherMaster(probe, master), ...withOtherSettings(probe, master),
  ])
}

/** Findings about the address that this sentinel announces, by what answers there; it need not run. */
export function announcedFindings({ announced, ownId }: Probe, where: string): Finding[] {
  if (announced === undefined) return []
  const address = addressText(announced.address)
  const isOther = announced.id !== undefined && ownId !== '' && announced.id !== ownId
  if (!announced.isDataNode && !isOther) return []
  return [finding('error', 'announce-of-other', where, [
    `this sentinel announces ${address}, where ${isOther ? `another sentinel answers (id ${announced.id ?? ''})` : 'a data node answers'}`,
    'announce the address and the port at which the others reach this sentinel',
  ])]
}

function dataNode({ master, address }: SentinelProbe): Finding {
  return finding('error', 'known-sentinel-is-node', addressText(address), [
    `${addressText(address)} is known as a sentinel of ${master.name}, and is a data node: it counts for the majority and never votes`,
    'remove its known-sentinel line while this sentinel is stopped',
  ])
}

function refusing({ master, address, refusal }: SentinelProbe): Finding[] {
  return refusal === undefined ? [] : [finding('error', 'sentinel-login', addressText(address), [
    `${addressText(address)}, a sentinel of ${master.name}, refuses this sentinel: "${refusal}"; neither gets the vote of the other`,
    'set the same requirepass on all sentinels, or `sentinel sentinel-user` and `sentinel sentinel-pass` of a user that it has',
  ])]
}

function withSameId({ master, address, id }: SentinelProbe, ownId: string): Finding[] {
  return ownId === '' || id !== ownId ? [] : [finding('error', 'same-id', addressText(address), [
    `${addressText(address)}, a sentinel of ${master.name}, has the id of this sentinel: a file was copied, and the two do not see each other`,
    'stop one of the two, remove the line `sentinel myid` from its file, and start it; it gets an id of its own',
  ])]
}

/** Each sentinel decides by its own quorum and time, so a mistake in one file is not seen in the others. */
function withOtherSettings({ master, address, names }: SentinelProbe, { settings }: DurableMaster): Finding[] {
  if (names === undefined || names === 'no-such-master') return []
  const different = ([['quorum', names.quorum, settings.quorum], ['down-after-milliseconds', names.downAfterMs, settings.downAfterMs]] as const)
    .filter(([, there, here]) => there !== undefined && there !== here)
  return different.map(([name, there, here]) => finding('warning', 'sentinels-differ', addressText(address), [
    `${addressText(address)} has the ${name} ${there} for ${master.name}, and this file has ${here}`,
    `use one value on all sentinels; SENTINEL SET ${master.name} ${name} <value> changes it while they run`,
  ]))
}

function unreachable({ master, address, problem }: SentinelProbe): Finding[] {
  return problem === undefined ? [] : [
    finding('warning', 'sentinel-unreachable', addressText(address), [
      `${addressText(address)}, a sentinel of ${master.name}, cannot be reached: ${problem}`,
      'start the sentinel; if it was removed for good, run SENTINEL RESET on the others so that it does not count for the majority',
    ]),
  ]
}

function withoutMaster({ master, address, names }: SentinelProbe): Finding[] {
  return names !== 'no-such-master' ? [] : [finding('warning', 'sentinel-without-master', addressText(address), [
    `${addressText(address)} is known as a sentinel of ${master.name}, but monitors no master of this name: it counts for the majority and never votes`,
    `run SENTINEL MONITOR ${master.name} on it, or SENTINEL RESET ${master.name} on the others`,
  ])]
}

/** The file of a sentinel that runs names the address that it has. */
function withOtherMaster({ master, address, names }: SentinelProbe, file: NodeAddress): Finding[] {
  if (names === undefined || names === 'no-such-master' || mayBeSame(names, file)) return []
  return [finding('error', 'sentinels-disagree', addressText(address), [
    `${addressText(address)} names ${addressText(names)} as the master ${master.name} (config-epoch ${names.configEpoch}), and this file names`
    + ` ${addressText(file)} (config-epoch ${master.configEpoch}): their clients use different masters`,
    'after a failover the two agree within seconds; if this stays, find out which of the two nodes is the master, and run SENTINEL'
    + ` REMOVE ${master.name} and SENTINEL MONITOR ${master.name} <its address> on the sentinels with the other one`,
  ])]
}

/** A name and an address cannot be compared without a lookup. */
function mayBeSame(one: NodeAddress, other: NodeAddress): boolean {
  if (one.port !== other.port) return false
  const [left, right] = [canonicalIp(one.host), canonicalIp(other.host)]
  if (left !== undefined && right !== undefined) return left === right
  return (left === undefined) !== (right === undefined) || one.host.toLowerCase() === other.host.toLowerCase()
}
