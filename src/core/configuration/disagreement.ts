/**
 * Peers that keep announcing another master (docs/decisions/0056-sentinels-that-disagree.md). It is reported, and no
 * decision depends on it. Driven by the hello messages of the peer alone: nothing is scanned.
 */
import { hostAndPort } from '../../text/index.ts'
import { DISAGREEMENT_GAP_MS, DISAGREEMENT_MS } from '../limits.ts'
import { currentAddress } from '../monitoring/announce.ts'
import { meansAddress } from '../names.ts'
import { ownText } from '../own-text.ts'
import type { Hello } from '../state/hello.ts'
import type { Master } from '../state/master.ts'
import type { Disagreement, Peer } from '../state/peer.ts'
import type { Turn } from '../turn.ts'

/** Called after a hello of the peer was handled: a newer configuration in it is ours by then. */
export function reviewDisagreement(turn: Turn, master: Master, peer: Peer, hello: Hello): void {
  const { state, now } = turn
  const ours = currentAddress(master)
  const isOlder = hello.configEpoch <= master.configEpoch
  if (!isOlder || meansAddress(state, ours, hello.masterHost, hello.masterPort)) {
    end(turn, peer)
    return
  }
  const against = hostAndPort(ours.host, ours.port)
  if (peer.disagreement !== undefined && !goesOn(peer.disagreement, against, now.mono)) end(turn, peer)
  peer.disagreement ??= { against, since: now.mono, lastAt: now.mono, isReported: false }
  const { disagreement } = peer
  disagreement.lastAt = now.mono
  // A clock that jumped measures no duration.
  if (state.tiltSince !== undefined && !disagreement.isReported) disagreement.since = now.mono
  if (disagreement.isReported || now.mono - disagreement.since < DISAGREEMENT_MS) return
  disagreement.isReported = true
  turn.emit('+peer-disagrees', peer, {
    names: { host: ownText(hello.masterHost), port: hello.masterPort },
    configEpoch: hello.configEpoch,
    ours: master.configEpoch,
  })
}

/**
 * Whether a hello that disagrees continues what the ones before began: our master is the same, and the peer was heard
 * meanwhile. A peer that was cut off has not had the time to learn of a switch.
 */
function goesOn({ against, lastAt, isReported }: Disagreement, present: string, now: number): boolean {
  return against === present && (isReported || now - lastAt <= DISAGREEMENT_GAP_MS)
}

function end(turn: Turn, peer: Peer): void {
  if (peer.disagreement?.isReported === true) turn.emit('-peer-disagrees', peer)
  peer.disagreement = undefined
}
