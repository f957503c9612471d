/** SENTINEL FORGET: removes the record of a dead replica or sentinel (docs/decisions/0054-forgetting.md). */
import { forgetReplica, forgetSentinel } from '../configuration/dead-records.ts'
import { countAsVoters } from '../election/voters.ts'
import { FORMER_VOTERS_MS } from '../limits.ts'
import { canListReplicas } from '../monitoring/listing.ts'
import { meansAddress } from '../names.ts'
import type { ForgetRefusal, ForgetTarget, Operation, OperationResult, VoterCount } from '../operation.ts'
import type { Tombstone } from '../state/forgotten.ts'
import { majorityOf } from '../state/majority.ts'
import type { Master } from '../state/master.ts'
import type { Peer } from '../state/peer.ts'
import type { Replica } from '../state/replica.ts'
import { addTombstone } from '../tombstones.ts'
import type { Turn } from '../turn.ts'

type Asked = Extract<Operation, { kind: 'forget' }>
type Respond = (result: OperationResult) => void

export function forgetRecord(turn: Turn, asked: Asked, respond: Respond): void {
  const master = turn.state.masters.get(asked.name)
  if (master === undefined) return respond({ kind: 'refused', error: 'no-such-master' })
  if (master.failover.phase !== 'none') return respond({ kind: 'refused', error: 'failover-in-progress' })
  const before = votersOf(master)
  const done = asked.target.kind === 'replica' ? takeReplica(turn, master, asked) : takeSentinel(turn, master, asked)
  if ('why' in done) return respond({ kind: 'not-forgotten', refusal: done })
  const voters = asked.target.kind === 'replica' ? undefined : { before, after: votersOf(master) }
  respond({ kind: 'forgotten', record: done.name, untilWall: untilWall(turn, asked), voters })
}

function takeReplica(turn: Turn, master: Master, asked: Asked): { name: string } | ForgetRefusal {
  const { state } = turn
  const { target } = asked
  if (!('host' in target)) return { why: 'unknown-replica' }
  if (meansAddress(state, master.address, target.host, target.port)) return { why: 'is-master' }
  const { host, port } = target
  const replica = [...master.replicas.values()].find(({ address }) => meansAddress(state, address, host, port))
  if (replica === undefined) return renewTombstone(turn, master, asked) ?? { why: 'unknown-replica' }
  const refusal = replicaRefusal(master, replica)
  if (refusal !== undefined) return refusal
  forgetReplica(turn, master, replica, { by: 'operator', untilWall: untilWall(turn, asked) })
  return replica
}

function replicaRefusal(master: Master, replica: Replica): ForgetRefusal | undefined {
  // No master could list it again, and it may be needed as the next master.
  if (!canListReplicas(master)) return { why: 'master-unreachable' }
  return replica.sdown ? undefined : { why: 'replica-answers', downAfterMs: master.settings.downAfterMs }
}

function takeSentinel(turn: Turn, master: Master, asked: Asked): { name: string } | ForgetRefusal {
  const peer = [...master.peers.values()].find((one) => isTarget(turn, one, asked.target))
  if (peer === undefined) return renewTombstone(turn, master, asked) ?? { why: 'unknown-sentinel' }
  const before = votersOf(master)
  const after = { known: before.known - 1, majority: majorityOf(before.known - 1) }
  const isSmaller = after.majority < majorityOf(master.aliveAtOnce)
  if (!asked.isForced) {
    if (!peer.sdown) return { why: 'sentinel-answers', downAfterMs: master.settings.downAfterMs }
    if (isSmaller) return { why: 'smaller-majority', before, after, aliveAtOnce: master.aliveAtOnce }
  }
  forgetSentinel(turn, master, peer, { by: 'operator', untilWall: untilWall(turn, asked), ignoresHellos: !peer.sdown })
  if (isSmaller) {
    const ms = Math.max(asked.forMs, FORMER_VOTERS_MS)
    countAsVoters(turn, master, { ids: [peer.runId], least: master.aliveAtOnce, ms })
    master.aliveAtOnce = after.known
  }
  return peer
}

function isTarget({ state }: Turn, { runId, address }: Peer, target: ForgetTarget): boolean {
  return 'id' in target ? runId.toLowerCase() === target.id.toLowerCase() : meansAddress(state, address, target.host, target.port)
}

/** A record that is forgotten already stays away until the new end. */
function renewTombstone(turn: Turn, master: Master, asked: Asked): Tombstone | undefined {
  const { target } = asked
  const known = master.forgotten.find((one) => one.kind === target.kind && one.until > turn.now.mono && (
    'id' in target ? one.name.toLowerCase() === target.id.toLowerCase() : one.host === target.host && one.port === target.port
  ))
  if (known !== undefined) addTombstone(turn, master, { ...known, by: 'operator', untilWall: untilWall(turn, asked) })
  return known
}

function untilWall({ now }: Turn, { forMs }: Asked): number {
  return Math.round(now.wall + forMs)
}

function votersOf({ peers }: Master): VoterCount {
  return { known: peers.size + 1, majority: majorityOf(peers.size + 1) }
}
