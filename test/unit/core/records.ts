/** Records of a sentinel without the loop around them, for tests of single rules. All links work, no node is down. */
import { addMaster, addPeer, addReplica } from '../../../src/core/monitoring/records.ts'
import { Random } from '../../../src/core/random.ts'
import type { Effect, SentinelEvent } from '../../../src/core/index.ts'
import type { Address } from '../../../src/core/state/address.ts'
import type { ConnectionId } from '../../../src/core/state/ids.ts'
import type { Link } from '../../../src/core/state/link.ts'
import type { Master } from '../../../src/core/state/master.ts'
import type { Peer } from '../../../src/core/state/peer.ts'
import { INITIAL_GLOBALS } from '../../../src/core/state/durable.ts'
import type { Replica } from '../../../src/core/state/replica.ts'
import { protectionOfAll } from '../../../src/core/state/protection.ts'
import { newState } from '../../../src/core/state/sentinel-state.ts'
import { initialSettings } from '../../../src/core/state/settings.ts'
import { Turn } from '../../../src/core/turn.ts'

export const OWN_ID = 'a'.repeat(40)
/** Everything was observed at this moment unless a test says otherwise. In milliseconds. */
export const NOW = 1_000_000

export function turnAt(mono = NOW): Turn {
  const state = newState({
    myId: OWN_ID, ownPort: 26_379, requirepass: undefined, currentEpoch: 0n,
    globals: { ...INITIAL_GLOBALS }, protection: protectionOfAll(),
  })
  return new Turn(state, { mono, wall: mono }, new Random(1))
}

/** The same state some time later. */
export function later(turn: Turn, ms: number): Turn {
  const mono = turn.now.mono + ms
  return new Turn(turn.state, { mono, wall: mono }, turn.random)
}

export function masterIn(turn: Turn, { quorum = 2 }: { quorum?: number } = {}): Master {
  const master = addMaster(turn, {
    name: 'mymaster', address: addressOf('10.0.1.1'), settings: initialSettings(quorum), leaderEpoch: 0n,
  })
  connect(turn, master.link)
  return Object.assign(master, { infoAt: NOW, runId: 'm'.repeat(40) })
}

/** Number 1 is 10.0.1.2. Its INFO says that it follows the master, with the run id `r1`. */
export function replicaOf(turn: Turn, master: Master, number: number): Replica {
  const replica = addReplica(turn, master, addressOf(`10.0.1.${number + 1}`))
  if (replica === undefined) throw new Error(`replica ${number} twice`)
  connect(turn, replica.link)
  return Object.assign(replica, {
    infoAt: NOW, runId: `r${number}`, masterLinkUp: true, hasKeys: true, offset: 100n,
    reportedMaster: { host: master.address.host, port: master.address.port },
  })
}

/** Peer `b` has the id bbb… */
export function peerOf(turn: Turn, master: Master, letter: string): Peer {
  const peer = addPeer(turn, master, addressOf(`10.0.0.${letter.charCodeAt(0) - 96}`, 26_379), letter.repeat(40))
  if (peer === undefined) throw new Error(`peer ${letter} twice`)
  connect(turn, peer.link)
  return peer
}

export function connect(turn: Turn, link: Link): void {
  const connection = (id: ConnectionId) => ({
    id, startedAt: NOW, establishedAt: NOW, pings: 0, pingsSince: NOW, acceptsPing: true,
  })
  link.command = connection(turn.nextConnectionId())
  if (link.nodeKind === 'data-node') link.hello = connection(turn.nextConnectionId())
}

/** Events of the step so far. */
export function eventsOf({ effects }: Turn): SentinelEvent['name'][] {
  return effects.flatMap((effect) => effect.type === 'emit' ? [effect.event.name] : [])
}

/** Commands of the step so far, without INFO, which is asked for behind each order. */
export function sentBy({ effects }: Turn): string[] {
  const sent = effects.filter((effect): effect is Extract<Effect, { type: 'send' }> => effect.type === 'send')
  return sent.map(({ argv }) => argv.join(' ')).filter((command) => command !== 'INFO')
}

function addressOf(ip: string, port = 6379): Address {
  return { host: ip, ip, port }
}
