/**
 * Every vote, by voter, master and epoch. It outlives the processes, unless nothing but its own sentinel knew it: a
 * vote that no candidate was told of, and that is on no disk, dies with its process.
 */
import type { Effect, Input, Now, Operation, OperationResult, SentinelEvent } from '../../../src/core/index.ts'
import type { Observer } from '../observer.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import { masterNameAt } from './watch.ts'

export interface Vote {
  readonly candidate: string
  readonly isForItself: boolean
  /** A candidate was told of it. */
  isTold: boolean
  isDurable: boolean
}

interface SeenVote {
  readonly master: string
  readonly epoch: bigint
  readonly candidate: string
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
  /** The answer waits for a save, and the master may have another address by then. */
  readonly #asked = new WeakMap<Operation, string>()
  #onSecondVote: (vote: SecondVote) => void = () => undefined

  /** Called when somebody votes twice in one epoch. */
  whenVotedTwice(handler: (vote: SecondVote) => void): void {
    this.#onSecondVote = handler
  }

  /** Voters that told their vote for the candidate, itself included. */
  votersOf(master: string, epoch: bigint, candidate: string): string[] {
    const found: string[] = []
    for (const [voter, votes] of this.#votes) {
      const vote = votes.get(`${master} ${epoch}`)
      if (vote?.candidate === candidate.toLowerCase() && (vote.isTold || vote.isForItself)) found.push(voter)
    }
    return found
  }

  /** The master that a peer asked about. */
  masterAsked(operation: Operation): string | undefined {
    return this.#asked.get(operation)
  }

  stepped(sentinel: SentinelNode, input: Input, _effects: readonly Effect[], now: Now): void {
    if (input.type !== 'operation' || input.operation.kind !== 'is-master-down') return
    const { host, port } = input.operation
    const master = masterNameAt(sentinel, { host, port }, now)
    if (master !== undefined) this.#asked.set(input.operation, master)
  }

  answered(sentinel: SentinelNode, operation: Operation, result: OperationResult): void {
    if (operation.kind !== 'is-master-down' || result.kind !== 'master-down' || result.leader === undefined) return
    const master = this.masterAsked(operation)
    if (master === undefined) return
    this.#record(sentinel, { master, epoch: result.epoch, candidate: result.leader }, { isTold: true })
  }

  said(sentinel: SentinelNode, event: SentinelEvent): void {
    if (event.name !== '+vote-for-leader') return
    const { master, epoch, leader } = event
    this.#record(sentinel, { master, epoch, candidate: leader }, { isTold: false })
  }

  ended(sentinel: SentinelNode): void {
    const votes = this.#votes.get(sentinel.name)
    if (votes === undefined) return
    for (const [key, { isTold, isDurable }] of votes) if (!isTold && !isDurable) votes.delete(key)
  }

  #record(sentinel: SentinelNode, seen: SeenVote, { isTold }: { isTold: boolean }): void {
    const votes = this.#votes.get(sentinel.name) ?? new Map<string, Vote>()
    this.#votes.set(sentinel.name, votes)
    const { master, epoch } = seen
    const key = `${master} ${epoch}`
    const candidate = seen.candidate.toLowerCase()
    const first = votes.get(key)
    if (first !== undefined && first.candidate !== candidate) {
      this.#onSecondVote({ voter: sentinel.name, master, epoch, first: first.candidate, second: candidate })
    }
    if (first === undefined) {
      const isForItself = candidate === sentinel.id.toLowerCase()
      votes.set(key, { candidate, isForItself, isTold, isDurable: sentinel.isDurable })
    } else if (first.candidate === candidate) {
      first.isTold ||= isTold
      first.isDurable ||= sentinel.isDurable
    }
  }
}
