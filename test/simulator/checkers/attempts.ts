/** Which failover each sentinel is at: its epoch, and whether an operator forced it. Read by several checkers. */
import type { Note, SentinelEvent } from '../../../src/core/index.ts'
import type { Observer } from '../observer.ts'
import type { SentinelNode } from '../sentinel-node.ts'

export interface Attempt {
  readonly epoch: bigint
  readonly isForced: boolean
  isElected: boolean
  isPromoted: boolean
}

export class Attempts implements Observer {
  readonly #current = new Map<string, Attempt>()
  readonly #lastEpoch = new Map<string, bigint>()
  readonly #requested = new Set<string>()
  readonly #forcedEpochs = new Set<string>()

  current(sentinel: SentinelNode, master: string): Attempt | undefined {
    return this.#current.get(`${sentinel.name} ${master}`)
  }

  /** An operator's failover used this epoch, and nobody voted for it (behaviour.md 8.7); or two could lead in it. */
  wasForced(master: string, epoch: bigint): boolean {
    return this.#forcedEpochs.has(`${master} ${epoch}`)
  }

  /** Two leaders had the votes of disjoint sets: their configurations may meet, too (behaviour.md 16.3, 5). */
  contest(master: string, epoch: bigint): void {
    this.#forcedEpochs.add(`${master} ${epoch}`)
  }

  noted(sentinel: SentinelNode, note: Note): void {
    if (note.kind === 'failover-requested') this.#requested.add(`${sentinel.name} ${note.master}`)
  }

  said(sentinel: SentinelNode, { name, master = '', detail = '' }: SentinelEvent): void {
    const key = `${sentinel.name} ${master}`
    if (name === '+new-epoch') this.#lastEpoch.set(sentinel.name, BigInt(detail))
    else if (name === '+try-failover') this.#begin(sentinel, master, key)
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

  #begin(sentinel: SentinelNode, master: string, key: string): void {
    const epoch = this.#lastEpoch.get(sentinel.name) ?? 0n
    const isForced = this.#requested.delete(key)
    if (isForced) this.#forcedEpochs.add(`${master} ${epoch}`)
    this.#current.set(key, { epoch, isForced, isElected: false, isPromoted: false })
  }
}
