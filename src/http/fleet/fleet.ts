/**
 * `/fleet` and `/fleet/<master>`: this sentinel asks its peers, and merges what all say. It is loaded at the first such
 * request. Answers of peers are used again for a second, however many pages are open.
 */
import type { Now, PeerView } from '../../core/index.ts'
import { addressText, fleetDocument, silentMember, type AskedSentinel, type FleetMember } from '../../explain/index.ts'
import type { StatusDocument } from '../json.ts'
import { FLEET_ANSWER_MS, FLEET_SENTINELS_MAX } from '../limits.ts'
import type { HttpWorld } from '../world.ts'
import { askMember } from './ask-member.ts'
import { ownMember } from './own-member.ts'

/** A peer and the masters for which it is known. */
type Listed = Omit<AskedSentinel, 'ageMs'> & { readonly listedFor: Set<string> }

interface Asked {
  readonly at: number
  readonly member: Promise<FleetMember>
}

export class Fleet {
  readonly #world: HttpWorld
  /** The last question to each peer, by address. */
  readonly #asked = new Map<string, Asked>()

  constructor(world: HttpWorld) {
    this.#world = world
  }

  /** What all sentinels of these masters say. */
  async document(masters: readonly string[]): Promise<StatusDocument> {
    const now = this.#world.now()
    this.#forgetOld(now.mono)
    const listed = this.#peersOf(masters, now).slice(0, FLEET_SENTINELS_MAX)
    const peers = await Promise.all(listed.map((peer) => this.#member(peer, now)))
    const after = this.#world.now()
    return fleetDocument({ members: [ownMember(this.#world, masters, after), ...peers], masters, wall: after.wall })
  }

  #peersOf(masters: readonly string[], now: Now): readonly Listed[] {
    const byAddress = new Map<string, Listed>()
    for (const name of masters) {
      for (const peer of this.#world.view.peers(name, now)) {
        const known = byAddress.get(addressText(peer))
        if (known === undefined) byAddress.set(addressText(peer), listedPeer(peer, name))
        else known.listedFor.add(name)
      }
    }
    return [...byAddress.values()]
  }

  async #member(peer: Listed, now: Now): Promise<FleetMember> {
    const key = addressText(peer)
    const known = this.#asked.get(key)
    const asked = known ?? { at: now.mono, member: this.#ask(peer) }
    if (known === undefined) this.#asked.set(key, asked)
    const member = await asked.member
    const ageMs = Math.max(0, Math.round(this.#world.now().mono - asked.at))
    return { ...member, sentinel: { ...member.sentinel, ageMs }, listedFor: peer.listedFor }
  }

  async #ask(peer: Listed): Promise<FleetMember> {
    const asked = { ...peer, ageMs: 0 }
    try {
      return await askMember(this.#world, asked)
    } catch (error) {
      return silentMember(asked, error instanceof Error ? error.message : String(error))
    }
  }

  #forgetOld(now: number): void {
    for (const [key, { at }] of this.#asked) if (now - at >= FLEET_ANSWER_MS) this.#asked.delete(key)
  }
}

function listedPeer({ host, port, runId }: PeerView, master: string): Listed {
  return { host, port, id: runId === '' ? undefined : runId, isSelf: false, listedFor: new Set([master]) }
}
