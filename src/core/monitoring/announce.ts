/** Which addresses we announce to others (behaviour.md 1.6, 6.1). */
import { hostAndPort } from '../../text/index.ts'
import { confirmedReplica } from '../state/failover.ts'
import { knownIp } from '../names.ts'
import { type Address, announcedHost } from '../state/address.ts'
import type { Link } from '../state/link.ts'
import type { Master } from '../state/master.ts'
import type { SentinelState } from '../state/sentinel-state.ts'

/** The master as clients should see it: the promoted replica as soon as its promotion is confirmed. */
export function currentAddress(master: Master): Address {
  return confirmedReplica(master)?.address ?? master.address
}

export function announced(state: SentinelState, address: Address): string {
  return announcedHost(address, state.globals.announceHostnames)
}

/** `host:port`: the name of a replica, and of a server in problems. */
export function announcedName(state: SentinelState, address: Address): string {
  return hostAndPort(announced(state, address), address.port)
}

/**
 * Whether this is our address, as far as we know: our port at an end of one of our connections, or the address that we
 * announce. A peer with another id there would be this sentinel, counted twice.
 */
export function isOurAddress(state: SentinelState, host: string, port: number): boolean {
  const { announceIp, announcePort } = state.globals
  const isAnnounced = announceIp !== undefined && port === (announcePort === 0 ? state.ownPort : announcePort)
  if (!isAnnounced && port !== state.ownPort) return false
  const ip = knownIp(state, host) ?? host
  if (isAnnounced && ip === (knownIp(state, announceIp) ?? announceIp)) return true
  return port === state.ownPort && state.ownIps.has(ip)
}

/** Our own address in a hello over this link; undefined until the link's local address is known. */
export function ownAddress(state: SentinelState, link: Link): { host: string, port: number } | undefined {
  const host = state.globals.announceIp ?? link.localAddress
  if (host === undefined) return undefined
  return { host, port: state.globals.announcePort === 0 ? state.ownPort : state.globals.announcePort }
}
