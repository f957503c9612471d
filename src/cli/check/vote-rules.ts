/** Rules about quorum and majority: whether the sentinels can agree, and whether enough of them must. */
import { majorityOf, type DurableMaster } from '../../core/index.ts'
import { addressText } from '../../explain/index.ts'
import { finding, type Finding } from './finding.ts'
import type { LoadedFile } from './loaded-file.ts'

/** The smallest quorum that is rarely meant: it is the majority of 9 sentinels. */
const FRESH_QUORUM_LARGE = 5

export function checkVotes({ config, place }: LoadedFile): Finding[] {
  return config.durable.masters.flatMap((master) => {
    const where = place('sentinel', 'monitor', master.name)
    return [
      ...quorumFindings(master, where), ...countFindings(master, where),
      ...identityFindings(master, config.durable.myId, place),
    ]
  })
}

function quorumFindings({ name, settings: { quorum }, sentinels }: DurableMaster, where: string): Finding[] {
  const known = sentinels.length + 1
  if (quorum === 1) {
    return [finding('warning', 'quorum-one', where, [
      `the quorum of ${name} is 1: one sentinel that loses its connection to the master starts a failover`,
      'run three sentinels with a quorum of 2',
    ])]
  }
  if (quorum > known && sentinels.length > 0) return [outOfReach(name, quorum, known, where)]
  // A file that no sentinel has used yet lists no other sentinels.
  if (sentinels.length === 0) return quorum < FRESH_QUORUM_LARGE ? [] : [largeQuorum(name, quorum, where)]
  if (quorum < known || known < 3) return []
  return [finding('warning', 'quorum-is-all', where, [
    `the quorum of ${name} is ${quorum}, and the file has ${known} sentinels: when one of them is lost, no failover happens`,
    `lower the quorum to ${majorityOf(known)}, the majority, on all sentinels`,
  ])]
}

function largeQuorum(name: string, quorum: number, where: string): Finding {
  return finding('warning', 'quorum-large', where, [
    `the quorum of ${name} is ${quorum}, and the file names no other sentinel yet: without ${quorum} running sentinels that agree, no failover`
    + ' happens',
    `use the majority of the sentinels that you run: 2 of 3, 3 of 5; ${quorum} is right for ${2 * quorum - 1} sentinels`,
  ])
}

function outOfReach(name: string, quorum: number, known: number, where: string): Finding {
  return finding('error', 'quorum-out-of-reach', where, [
    `the quorum of ${name} is ${quorum}, but the file has ${known} sentinels, this one included: the quorum cannot be reached`,
    `lower the quorum to at most ${known} (${majorityOf(known)} is the majority), or start more sentinels`,
  ])
}

function countFindings({ name, sentinels }: DurableMaster, where: string): Finding[] {
  const known = sentinels.length + 1
  if (known === 2) {
    return [finding('warning', 'two-sentinels', where, [
      `${name} has two sentinels: if one is lost, the other has no majority, and no failover happens`,
      'run a third one on another machine',
    ])]
  }
  if (sentinels.length === 0 || known % 2 === 1) return []
  return [finding('advice', 'even-sentinels', where, [
    `${name} has ${known} sentinels: they tolerate no more failures than ${known - 1}, and votes can be split in half`,
    `run ${known - 1} or ${known + 1}`,
  ])]
}

function identityFindings(
  { name, sentinels }: DurableMaster, myId: string, place: LoadedFile['place'],
): Finding[] {
  const where = (host: string, port: number): string => place('sentinel', 'known-sentinel', name, host, String(port))
  const own = sentinels.filter(({ runId }) => runId === myId && myId !== '').map(({ host, port }) => (
    finding('error', 'same-id', where(host, port), [
      `the sentinel ${addressText({ host, port })} of ${name} has this sentinel's own id: a file was copied, and the two do not see each other`,
      'remove the line `sentinel myid` from the copied file; the sentinel then gets an id of its own',
    ])
  ))
  const twice = sentinels.filter(({ host, port }, at) => (
    sentinels.findIndex((other) => other.host === host && other.port === port) < at
  )).map(({ host, port }) => finding('warning', 'sentinel-twice', where(host, port), [
    `the sentinel at ${addressText({ host, port })} is known to ${name} under two ids: it counts twice, so the majority is too high`,
    `run SENTINEL RESET ${name} on every sentinel, one after the other, or remove the old line while this one is stopped`,
  ]))
  return [...own, ...twice]
}
