/**
 * Host names. The core never blocks on a lookup: a name has the address of its last answer, and an input that
 * needs a name that was never looked up is parked until the lookup ends. Without
 * resolve-hostnames only literal addresses exist (behaviour.md 1.6.5).
 */
import type { Input } from './input.ts'
import { canonicalIp } from './ip.ts'
import { HOST_CHARS_MAX, NAME_FRESH_MS, NAME_REFRESH_MS, NAMES_MAX, PARKED_CHARS_MAX, PARKED_MAX } from './limits.ts'
import { ownText } from './own-text.ts'
import { type Address, isPort } from './state/address.ts'
import type { NameEntry, SentinelState } from './state/sentinel-state.ts'
import type { Turn } from './turn.ts'

/** The IP address of this host as far as it is known; undefined for a name without one. Starts no lookup. */
export function knownIp(state: SentinelState, host: string): string | undefined {
  const literal = canonicalIp(host)
  if (literal !== undefined || !state.globals.resolveHostnames) return literal
  return state.names.get(host)?.address
}

/**
 * The accepted form of a host. It becomes part of replies, orders and the file, and hellos come from any client that
 * may publish. Host names must not have underscores, but Docker Compose makes such names and resolvers accept them.
 */
const HOST = new RegExp(`^[A-Za-z0-9_.:%-]{1,${HOST_CHARS_MAX}}$`)

/** Whether a record may have this host: a literal address or, where names are resolved, a name. */
export function isHostAllowed(host: string, isResolving: boolean): boolean {
  return HOST.test(host) && (isResolving || canonicalIp(host) !== undefined)
}

/**
 * An address that a new record may have, or undefined: the port must be legal and the host a literal, or any name
 * when names are resolved; an unresolved one is looked up again at each reconnection (behaviour.md 1.4).
 */
export function addressForRecord(turn: Turn, host: string, port: number): Address | undefined {
  if (!isPort(port) || !HOST.test(host)) return undefined
  const ip = knownIp(turn.state, host)
  if (ip === undefined && !turn.state.globals.resolveHostnames) {
    turn.note({ kind: 'resolve-failed', host })
    return undefined
  }
  return { host: ownText(host), ip, port }
}

/** Whether a written address means this record (behaviour.md 1.6.4). Ports are compared as numbers. */
export function meansAddress(state: SentinelState, address: Address, host: string, port: number): boolean {
  if (address.port !== port) return false
  // Most messages repeat the canonical form.
  if (host === address.ip) return true
  const ip = knownIp(state, host)
  if (ip !== undefined && address.ip !== undefined) return ip === address.ip
  const known = state.globals.resolveHostnames ? address.host : address.ip ?? address.host
  return known.toLowerCase() === host.toLowerCase()
}

/** Starts a lookup of the name unless one is running. */
export function startLookup(turn: Turn, host: string): void {
  const entry = nameEntry(turn.state, host)
  if (entry.isLookupRunning) return
  entry.isLookupRunning = true
  turn.push({ type: 'resolve', host })
}

/** Called before a new connection. Starts a lookup and returns false unless the name's address is recent enough. */
export function refreshName(turn: Turn, host: string): boolean {
  if (canonicalIp(host) !== undefined || !turn.state.globals.resolveHostnames) return true
  const entry = nameEntry(turn.state, host)
  if (entry.answeredAt !== undefined && turn.now.mono - entry.answeredAt <= NAME_FRESH_MS) return true
  startLookup(turn, host)
  return false
}

/** Parks the input and returns true when one of these hosts is a name that was never looked up. */
export function parkForNames(turn: Turn, input: Input, hosts: readonly string[]): boolean {
  const { state } = turn
  if (!state.globals.resolveHostnames) return false
  const waitingFor = new Set<string>()
  for (const host of hosts) {
    if (!HOST.test(host) || canonicalIp(host) !== undefined) continue
    const entry = nameEntry(state, host)
    if (entry.answeredAt === undefined) {
      waitingFor.add(host)
      startLookup(turn, host)
    } else if (turn.now.mono - entry.answeredAt > NAME_REFRESH_MS) {
      startLookup(turn, host)
    }
  }
  if (waitingFor.size === 0 || state.parked.length >= PARKED_MAX || inputChars(input) > PARKED_CHARS_MAX) return false
  state.parked.push({ input, waitingFor })
  return true
}

/** Characters of an input that parking would keep in memory. */
function inputChars(input: Input): number {
  if (input.type === 'message') return input.payload.length
  return input.type === 'reply' && input.reply.kind === 'bulk' ? input.reply.text.length : 0
}

/** Stores the result of a lookup and returns the parked inputs that can be handled now. */
export function storeLookup(
  turn: Turn, { host, address, failure }: Extract<Input, { type: 'resolved' }>,
): readonly Input[] {
  const { state } = turn
  const entry = nameEntry(state, host)
  entry.isLookupRunning = false
  entry.answeredAt = turn.now.mono
  entry.failure = address === undefined ? failure ?? 'no address' : undefined
  // A failed lookup keeps the last good address: a resolver that is down proves nothing about the node.
  if (address !== undefined) entry.address = canonicalIp(address) ?? address
  else turn.note({ kind: 'resolve-failed', host })
  applyLookup(turn, host, entry)
  const ready: Input[] = []
  const waiting = state.parked.splice(0)
  for (const parked of waiting) {
    parked.waitingFor.delete(host)
    if (parked.waitingFor.size === 0) ready.push(parked.input)
    else state.parked.push(parked)
  }
  return ready
}

function applyLookup(turn: Turn, host: string, entry: NameEntry): void {
  for (const record of turn.state.records.values()) {
    if (record.address.host !== host) continue
    if (entry.address !== undefined && record.address.ip !== entry.address) {
      record.address = { ...record.address, ip: entry.address }
    }
    turn.touch(record)
  }
}

function nameEntry(state: SentinelState, host: string): NameEntry {
  const known = state.names.get(host)
  if (known !== undefined) return known
  if (state.names.size >= NAMES_MAX) forgetOneName(state)
  const entry: NameEntry = { address: undefined, answeredAt: undefined, isLookupRunning: false, failure: undefined }
  state.names.set(ownText(host), entry)
  return entry
}

/** Forgets the oldest name without a running lookup; it is looked up again when it is needed. */
function forgetOneName(state: SentinelState): void {
  for (const [name, entry] of state.names) {
    if (entry.isLookupRunning) continue
    state.names.delete(name)
    return
  }
}
