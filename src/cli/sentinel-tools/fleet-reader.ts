/**
 * What a sentinel and the others that it knows report, once or again and again. Each sentinel has one connection, which
 * is opened again when it fails.
 */
import { addressText, remoteMember, silentMember, type AskedSentinel, type FleetMember } from '../../explain/index.ts'
import type { Address } from '../connection/address.ts'
import { ToolFailure } from '../connection/errors.ts'
import { openClient, type LoadedLogin } from '../connection/open-client.ts'
import { NodeUnreachable, type NodeClient } from '../node-client/node-client.ts'
import { readSentinel, type MasterReading, type SentinelReading } from './sentinel-reading.ts'
import { repliesOf } from './sentinel-replies.ts'

/** Sentinels that are contacted. Real fleets have less than ten. */
const MEMBERS_MAX = 64

export interface FleetScope {
  /** Ask the given sentinel alone. */
  readonly onlyOne: boolean
  /** The only master to ask about; undefined for all that the given sentinel monitors. */
  readonly master: string | undefined
}

export interface MemberReading {
  readonly address: string
  readonly member: FleetMember
  /** Undefined when it does not answer. */
  readonly reading: SentinelReading | undefined
}

export interface FleetReading {
  /** The sentinel whose view is shown: the given one, or another one while that does not answer. */
  readonly self: MemberReading
  /** That one first. */
  readonly members: readonly MemberReading[]
  /** Names of the masters that it monitors. */
  readonly masters: readonly string[]
  /** Unix time in milliseconds. */
  readonly wall: number
}

/** What the sentinel reports whose view is shown. */
export function factsOf(name: string, { self }: FleetReading): MasterReading | undefined {
  return self.reading?.masters.find(({ master }) => master.get('name') === name)
}

interface Listed {
  readonly address: Address
  readonly id: string | undefined
  readonly listedFor: Set<string>
}

export class FleetReader {
  /** Address of the sentinel that was given. */
  readonly first: string
  readonly #login: LoadedLogin
  readonly #scope: FleetScope
  readonly #clients = new Map<string, NodeClient>()
  readonly #known = new Map<string, Listed>()
  #masters: readonly string[] = []
  #hasRead = false

  constructor(first: Address, login: LoadedLogin, scope: FleetScope) {
    this.first = addressText(first)
    this.#login = login
    this.#scope = scope
    this.#known.set(this.first, { address: first, id: undefined, listedFor: new Set() })
  }

  /**
   * Asks all. Later calls also return when none answers. @throws ToolFailure or NodeUnreachable when the first call
   * cannot use the given sentinel
   */
  async read(): Promise<FleetReading> {
    const readings = new Map<string, MemberReading>()
    for (;;) {
      const next = [...this.#known.keys()].filter((address) => !readings.has(address)).slice(0, MEMBERS_MAX)
      if (next.length === 0 || readings.size >= MEMBERS_MAX) break
      const found = await Promise.all(next.map((address) => this.#ask(address)))
      for (const reading of found) readings.set(reading.address, reading)
      this.#masters = namesIn(this.#selfOf([...readings.values()])) ?? this.#masters
      if (!this.#scope.onlyOne) for (const reading of readings.values()) this.#learn(reading, readings)
    }
    this.#hasRead = true
    const all = [...readings.values()].map((one) => this.#listed(one))
    const self = this.#selfOf(all)
    const members = [self, ...all.filter((one) => one !== self)].map((one) => markedSelf(one, one === self))
    return { self, members, masters: this.#masters, wall: Date.now() }
  }

  close(): void {
    for (const client of this.#clients.values()) client.close()
    this.#clients.clear()
  }

  /** Asks the given sentinel alone. @throws ToolFailure, NodeUnreachable, with its address */
  async ask<Answer>(question: (client: NodeClient) => Promise<Answer>): Promise<Answer> {
    try {
      return await question(await this.#connected(this.first))
    } catch (error) {
      if (!(error instanceof NodeUnreachable || error instanceof ToolFailure)) throw error
      throw firstFailure(this.first, error, this.#clients.has(this.first))
    }
  }

  #selfOf(readings: readonly MemberReading[]): MemberReading {
    const given = readings.find(({ address }) => address === this.first)
    const self = given?.reading === undefined ? readings.find(({ reading }) => reading !== undefined) ?? given : given
    if (self === undefined) throw new Error('the given sentinel is asked first')
    return self
  }

  async #ask(address: string): Promise<MemberReading> {
    const listed = this.#known.get(address)
    if (listed === undefined) throw new Error(`${address} is not known`)
    try {
      const reading = await readSentinel(await this.#connected(address), this.#scope.master)
      this.#known.set(address, { ...listed, id: reading.id ?? listed.id })
      return { address, reading, member: remoteMember(asked(listed, reading.id), repliesOf(reading)) }
    } catch (error) {
      if (!(error instanceof NodeUnreachable || error instanceof ToolFailure)) throw error
      const wasOpen = this.#clients.has(address)
      this.#disconnect(address)
      if (!this.#hasRead && address === this.first) throw firstFailure(address, error, wasOpen)
      return { address, reading: undefined, member: silentMember(asked(listed, undefined), error.message) }
    }
  }

  async #connected(address: string): Promise<NodeClient> {
    const open = this.#clients.get(address)
    if (open !== undefined) return open
    const { address: where } = this.#known.get(address) ?? {}
    if (where === undefined) throw new Error(`${address} is not known`)
    const client = await openClient(where, this.#login)
    this.#clients.set(address, client)
    return client
  }

  #disconnect(address: string): void {
    this.#clients.get(address)?.close()
    this.#clients.delete(address)
  }

  /** Adds the sentinels that this one lists. One id is one sentinel, under whatever address, while that one answers. */
  #learn({ reading }: MemberReading, readings: ReadonlyMap<string, MemberReading>): void {
    for (const { master, sentinels } of reading?.masters ?? []) {
      const name = master.get('name') ?? ''
      if (!this.#masters.includes(name)) continue
      for (const peer of sentinels) {
        const address = { host: peer.get('ip') ?? '', port: Number(peer.get('port')) }
        const id = peer.get('runid') || undefined
        const same = this.#known.get(addressText(address)) ?? this.#answeringAs(id, readings)
        if (same !== undefined) same.listedFor.add(name)
        else this.#known.set(addressText(address), { address, id, listedFor: new Set([name]) })
      }
    }
  }

  #answeringAs(id: string | undefined, readings: ReadonlyMap<string, MemberReading>): Listed | undefined {
    if (id === undefined) return undefined
    return [...this.#known].find(([address, one]) => one.id === id && readings.get(address)?.reading !== undefined)?.[1]
  }

  #listed(one: MemberReading): MemberReading {
    // The given sentinel monitors all of them, also when it does not answer any more.
    const own = one.address === this.first ? this.#masters : []
    const listedFor = new Set([...this.#known.get(one.address)?.listedFor ?? [], ...own])
    return { ...one, member: { ...one.member, listedFor } }
  }
}

function asked({ address, id, listedFor }: Listed, ownId: string | undefined): AskedSentinel {
  return { host: address.host, port: address.port, id: ownId ?? id, isSelf: false, listedFor, ageMs: 0 }
}

function markedSelf(one: MemberReading, isSelf: boolean): MemberReading {
  return { ...one, member: { ...one.member, sentinel: { ...one.member.sentinel, isSelf } } }
}

function namesIn({ reading }: MemberReading): readonly string[] | undefined {
  return reading?.masters.map(({ master }) => master.get('name') ?? '').sort()
}

function firstFailure(where: string, error: Error, wasOpen: boolean): Error {
  return error instanceof ToolFailure
    ? new ToolFailure(`${where}: ${error.message}`)
    : new NodeUnreachable(wasOpen
        ? `${where}: ${error.message}`
        : `${where} cannot be reached: ${error.message}. Ask another sentinel, or see on its machine why it does not run`
          + ' (systemctl status ts-sentinel).')
}
