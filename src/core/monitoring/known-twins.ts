/** Remembers further addresses of known servers, so that no second record is made for them. */
import { TWINS_MAX } from '../limits.ts'
import type { Address } from '../state/address.ts'
import { dataNodesOf } from '../state/instance.ts'
import type { Master, Twin } from '../state/master.ts'
import type { Turn } from '../turn.ts'
import { announcedName } from './announce.ts'

/** Records that a listed replica has the master's own address. */
export function recordMasterAsReplica(turn: Turn, master: Master, address: Address): void {
  const [name, kept] = [announcedName(turn.state, address), announcedName(turn.state, master.address)]
  recordTwin(turn, master, { name, kept, runId: undefined, isListed: false })
}

/** Remembered for explanations, and logged once per pair of addresses. */
export function recordTwin(turn: Turn, master: Master, twin: Twin & { readonly name: string }): void {
  const { twins } = master
  const { name, ...rest } = twin
  twins.delete(name)
  const [oldest] = twins.keys()
  if (oldest !== undefined && twins.size >= TWINS_MAX) twins.delete(oldest)
  twins.set(name, rest)
  turn.noteOnce(`twin ${name} ${twin.kept}`, { kind: 'same-server', master: master.name, dropped: name, kept: twin.kept })
}

/**
 * Whether an address that the master lists gets no record, because it was dropped and its server is still known under
 * the other one. An address that is listed again after a break is checked again: the server may have returned to it.
 */
export function isDroppedTwin(master: Master, name: string): boolean {
  const twin = master.twins.get(name)
  if (twin?.runId === undefined || !twin.isListed) return false
  return dataNodesOf(master).some(({ runId, sdown }) => runId === twin.runId && !sdown)
}

/** Called with the names of all replicas that the master lists. */
export function recordListing(master: Master, listed: ReadonlySet<string>): void {
  for (const [name, twin] of master.twins) {
    if (twin.isListed && !listed.has(name)) master.twins.set(name, { ...twin, isListed: false })
  }
}
