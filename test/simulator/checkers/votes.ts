/** Every vote that somebody was told of, by voter, master and epoch. It outlives the processes. */
import type { Operation, OperationResult, SentinelEvent } from '../../../src/core/index.ts'
import type { Observer } from '../observer.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import { masterNameAt } from './watch.ts'

export interface Vote {
  readonly candidate: string
  /** The voter's disk worked when it told. A vote that was not durable may be forgotten in a crash. */
  readonly isDurable: boolean
}

export interface SecondVote {
  readonly voter: string
  readonly master: string
  readonly epoch: bigint
  readonly first: string
  readonly second: string
}

export class Votes implements Observer {
  readonly #votes = new Map<string, Map<string, Vote>>()
  /** `master epoch` of votes that were told, were not durable, and died with their process. */
  readonly #forgotten = new Set<string>()
  #onSecondVote: (vote: SecondVote) => void = () => undefined

  /** Called when somebody votes twice in one epoch. */
  whenVotedTwice(handler: (vote: SecondVote) => void): void {
    this.#onSecondVote = handler
  }

  /** Voters that told their vote for the candidate. */
  votersOf(master: string, epoch: bigint, candidate: string): string[] {
    const found: string[] = []
    for (const [voter, votes] of this.#votes) {
      if (votes.get(`${master} ${epoch}`)?.candidate === candidate.toLowerCase()) found.push(voter)
    }
    return found
  }

  /** Somebody who had voted in this epoch does not know it any more. */
  wasForgotten(master: string, epoch: bigint): boolean {
    return this.#forgotten.has(`${master} ${epoch}`)
  }

  answered(sentinel: SentinelNode, operation: Operation, result: OperationResult): void {
    if (operation.kind !== 'is-master-down' || result.kind !== 'master-down' || result.leader === undefined) return
    const master = masterNameAt(sentinel, operation.host, operation.port)
    if (master !== undefined) this.#record(sentinel, { master, epoch: result.epoch, candidate: result.leader })
  }

  said(sentinel: SentinelNode, { name, master, detail = '' }: SentinelEvent): void {
    if (name !== '+vote-for-leader' || master === undefined) return
    const [candidate = '', epoch = '0'] = detail.split(' ')
    this.#record(sentinel, { master, epoch: BigInt(epoch), candidate })
  }

  ended(sentinel: SentinelNode): void {
    const votes = this.#votes.get(sentinel.name)
    if (votes === undefined) return
    for (const [key, vote] of votes) {
      if (vote.isDurable) continue
      votes.delete(key)
      this.#forgotten.add(key)
    }
  }

  #record(sentinel: SentinelNode, told: { master: string, epoch: bigint, candidate: string }): void {
    const votes = this.#votes.get(sentinel.name) ?? new Map<string, Vote>()
    this.#votes.set(sentinel.name, votes)
    const key = `${told.master} ${told.epoch}`
    const candidate = told.candidate.toLowerCase()
    const first = votes.get(key)
    if (first !== undefined && first.candidate !== candidate) {
      this.#onSecondVote({ voter: sentinel.name, ...told, first: first.candidate, second: candidate })
    }
    if (first === undefined) votes.set(key, { candidate, isDurable: sentinel.isDurable })
  }
}
