/** The current failover of each sentinel: its epoch, and whether an operator ordered it. Read by several checkers. */
import type { EventOf, Note, Operation, OperationResult, SentinelEvent } from '../../../src/core/index.ts'
import type { Observer } from '../observer.ts'
import type { SentinelNode } from '../sentinel-node.ts'

export interface Attempt {
  /** Of its last vote for itself: an order that finds no majority goes on in an epoch of its own. */
  epoch: bigint
  readonly isForced: boolean
  isElected: boolean
  isPromoted: boolean
}

export class Attempts implements Observer {
  readonly #current = new Map<string, Attempt>()
  readonly #lastEpoch = new Map<string, bigint>()
  readonly #requested = new Set<string>()
  /** Where the last order of an operator was for a coordinated failover, or a schedule has begun since. */
  readonly #coordinated = new Set<string>()
  /** Where that order named the replica. */
  readonly #named = new Set<string>()

  current(sentinel: SentinelNode, master: string): Attempt | undefined {
    return this.#current.get(`${sentinel.name} ${master}`)
  }

  isCoordinated(sentinel: SentinelNode, master: string): boolean {
    return this.#coordinated.has(`${sentinel.name} ${master}`)
  }

  /** Whether the last order of an operator named the replica that shall become the master. */
  isNamed(sentinel: SentinelNode, master: string): boolean {
    return this.#named.has(`${sentinel.name} ${master}`)
  }

  answered(sentinel: SentinelNode, operation: Operation, result: OperationResult): void {
    if (operation.kind !== 'failover') return
    // The order before it goes on, or its schedule waits.
    if (result.kind === 'refused') return
    const key = `${sentinel.name} ${operation.name}`
    if (operation.coordinated === undefined) this.#coordinated.delete(key)
    else this.#coordinated.add(key)
    if (operation.coordinated?.to === undefined) this.#named.delete(key)
    else this.#named.add(key)
  }

  noted(sentinel: SentinelNode, note: Note): void {
    if (note.kind === 'failover-requested') this.#requested.add(`${sentinel.name} ${note.master}`)
  }

  said(sentinel: SentinelNode, event: SentinelEvent): void {
    const { name, master = '' } = event
    const key = `${sentinel.name} ${master}`
    if (event.name === '-scheduled' && event.why === 'started') this.#coordinated.add(key)
    if (event.name === '+new-epoch') this.#lastEpoch.set(sentinel.name, event.epoch)
    else if (name === '+try-failover') this.#begin(sentinel, key)
    else if (event.name === '+vote-for-leader') this.#vote(sentinel, key, event)
    else if (name === '+elected-leader' || name === '+promoted-slave') {
      const attempt = this.#current.get(key)
      if (attempt === undefined) return
      if (name === '+elected-leader') attempt.isElected = true
      else attempt.isPromoted = true
    } else if (name.startsWith('-failover-abort') || name === '+switch-master' || name === '+reset-master' || name === '-monitor') {
      this.#current.delete(key)
    }
  }

  ended(sentinel: SentinelNode): void {
    for (const key of [...this.#current.keys()]) if (key.startsWith(`${sentinel.name} `)) this.#current.delete(key)
    for (const key of [...this.#requested]) if (key.startsWith(`${sentinel.name} `)) this.#requested.delete(key)
  }

  #vote(sentinel: SentinelNode, key: string, { leader, epoch }: EventOf<'+vote-for-leader'>): void {
    const attempt = this.#current.get(key)
    if (attempt !== undefined && !attempt.isElected && leader === sentinel.id) attempt.epoch = epoch
  }

  #begin(sentinel: SentinelNode, key: string): void {
    const epoch = this.#lastEpoch.get(sentinel.name) ?? 0n
    const isForced = this.#requested.delete(key)
    this.#current.set(key, { epoch, isForced, isElected: false, isPromoted: false })
  }
}
