/** Where a node is: the host as it was given, and the literal address it had when it was last looked up. */
import { canonicalIp } from '../ip.ts'

export interface Address {
  readonly host: string
  /** Undefined while a host name has not been resolved. */
  readonly ip: string | undefined
  readonly port: number
}

/** Ports as records may have them; port 0 is legal and never connected (behaviour.md 1.4). */
export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 65_535
}

/** Whether two addresses are the same (behaviour.md 1.6.3). */
export function sameAddress(a: Address, b: Address): boolean {
  if (a.port !== b.port) return false
  if (a.ip !== undefined && a.ip === b.ip) return true
  return a.host.toLowerCase() === b.host.toLowerCase()
}

/** The form in which an address is announced: as given or resolved (behaviour.md 1.6.1); never empty (Q16). */
export function announcedHost(address: Address, announceHostnames: boolean): string {
  return announceHostnames ? address.host : address.ip ?? address.host
}

/** Host and port as announced to others; the host is in announce form. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

export function announcedEndpoint(address: Address, announceHostnames: boolean): Endpoint {
  return { host: announcedHost(address, announceHostnames), port: address.port }
}

/** An address of a literal; undefined for anything else. */
export function literalAddress(host: string, port: number): Address | undefined {
  const ip = canonicalIp(host)
  return ip === undefined ? undefined : { host, ip, port }
}
