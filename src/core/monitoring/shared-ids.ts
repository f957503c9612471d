/**
 * Several sentinels with one id: a configuration file was copied with its line `sentinel myid`. Each of them ignores
 * the messages of the others as its own, so they never agree. Only an operator can repair it: it is logged once per
 * address, and explanations show it.
 */
import { hostAndPort } from '../../text/index.ts'
import { SHARED_ID_ADDRESSES_MAX, SHARED_ID_AGAIN_MS, SHARED_IDS_MAX } from '../limits.ts'
import type { Address } from '../state/address.ts'
import type { Peer } from '../state/peer.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Turn } from '../turn.ts'
import { parseHello } from './hello-codec.ts'

/** Remembers an address that our own hellos contain, because nodes send them back to us. */
export function recordOwnAddress(state: SentinelState, { host, port }: { host: string, port: number }): void {
  const { ownAddresses } = state
  const start = `${host},${port},`
  if (ownAddresses.has(start)) return
  if (ownAddresses.size >= SHARED_ID_ADDRESSES_MAX) ownAddresses.clear()
  ownAddresses.add(start)
}

/** Handles a message with our id: one of our own hellos, or one of another sentinel with the same id. */
export function recordOwnIdClaim(turn: Turn, payload: string): void {
  const { state } = turn
  if (state.ownAddresses.has(payload.slice(0, payload.indexOf(state.myId)))) return
  const hello = parseHello(payload)
  if (hello?.runId !== state.myId) return
  const from = hostAndPort(hello.host, hello.port)
  const seen = recordSeen(turn, state.myId, from)
  // A single hello may date from before our address changed.
  if (seen === undefined || turn.now.mono - seen.firstAt < SHARED_ID_AGAIN_MS) return
  report(turn, state.myId, from, undefined)
}

/** A known peer announces another address. If it returns to an earlier one, two sentinels have this id. */
export function recordPeerMove(turn: Turn, known: Peer, to: Address): void {
  const [old, now] = [nameOf(known.address), nameOf(to)]
  const wasHere = turn.state.idClaims.get(known.runId)?.seen.has(now) === true
  recordSeen(turn, known.runId, old)
  recordSeen(turn, known.runId, now)
  if (wasHere) report(turn, known.runId, now, old)
}

function nameOf({ host, ip, port }: Address): string {
  return hostAndPort(ip ?? host, port)
}

function recordSeen(turn: Turn, id: string, address: string) {
  const { idClaims } = turn.state
  const now = turn.now.mono
  let claims = idClaims.get(id)
  if (claims === undefined) {
    if (idClaims.size >= SHARED_IDS_MAX) return undefined
    claims = { seen: new Map(), others: new Set() }
    idClaims.set(id, claims)
  }
  const seen = claims.seen.get(address)
  if (seen !== undefined) {
    seen.lastAt = now
    return seen
  }
  if (claims.seen.size >= SHARED_ID_ADDRESSES_MAX) return undefined
  const first = { firstAt: now, lastAt: now }
  claims.seen.set(address, first)
  return first
}

function report(turn: Turn, id: string, address: string, other: string | undefined): void {
  const others = turn.state.idClaims.get(id)?.others
  if (others === undefined || others.has(address)) return
  others.add(address)
  if (other !== undefined) others.add(other)
  turn.note({ kind: 'same-id', id, address, other })
}
