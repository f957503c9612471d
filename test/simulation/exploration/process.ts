/**
 * One sentinel process: a core, its disk, and what the driver does between the two, in its simplest form. Effects that
 * wait for saves queue behind them; a save ends when the exploration says so; a crash leaves what the disk holds.
 */
import {
  waitsForSave, type ConnectionId, type DurableState, type Effect, type Epoch, type Operation, type OperationId,
  type Request, type Reply,
} from '../../../src/core/index.ts'
import type { CoreMove, CoreState, CoreStates, CoreStep } from './core-states.ts'
import { Interned, textOf } from './intern.ts'
import type { Output } from './live-core.ts'
import type { Nodes } from './nodes.ts'

/** A question of a peer that has no answer yet. */
export interface Asked {
  readonly from: number
  readonly life: number
  readonly connection: ConnectionId
  readonly request: Request
}

type Waiting =
  | { readonly kind: 'barrier', /** The write that runs will cover it. */ readonly isCovered: boolean }
  | { readonly kind: 'told', readonly output: Extract<Output, { type: 'told' }> }

export interface Process {
  readonly sentinel: number
  readonly core: number
  readonly disk: number
  /** What the running write will leave. */
  readonly writing: number | undefined
  readonly waiting: readonly Waiting[]
  readonly asked: readonly (Asked | undefined)[]
  readonly timersLeft: number
  readonly crashesLeft: number
  readonly life: number
  /** The last epoch that it announced, and the one in which it stands or leads. */
  readonly lastEpoch: string
  readonly attempt: string
  readonly isElected: boolean
}

export type ProcessMove =
  | { readonly kind: 'fire' }
  | { readonly kind: 'saved' }
  | { readonly kind: 'crash', /** The running write had happened. */ readonly wasWritten: boolean }
  | { readonly kind: 'asked', readonly asked: Asked, readonly host: string, readonly port: number, readonly epoch: Epoch, readonly candidate: string }
  | { readonly kind: 'hello', readonly payload: string }
  | { readonly kind: 'operate', readonly operation: Operation }
  | { readonly kind: 'reply', readonly connection: ConnectionId, readonly request: Request, readonly reply: Reply }
  /** The connections to that machine broke. */
  | { readonly kind: 'lost', readonly ip: string }
  | { readonly kind: 'ordered', readonly connection: ConnectionId, readonly replies: readonly { readonly request: Request, readonly reply: Reply }[] }

/** What left the process, in order. */
export type Word =
  | { readonly kind: 'send', readonly to: string, readonly effect: Extract<Effect, { type: 'send' }>, readonly disk: DurableState }
  | { readonly kind: 'answer', readonly asked: Asked, readonly leader: string | undefined, readonly epoch: Epoch, readonly down: boolean, readonly disk: DurableState }
  | { readonly kind: 'voted', readonly candidate: string, readonly epoch: string, readonly disk: DurableState }
  | { readonly kind: 'elected', readonly epoch: string, readonly peers: number, readonly isOrdered: boolean }
  | { readonly kind: 'broken', readonly invariant: string, readonly text: string }

export interface ProcessStep {
  readonly to: number
  readonly words: readonly Word[]
}

/** A process while one move is carried out. */
interface Draft {
  process: { -readonly [Key in keyof Process]: Process[Key] }
  readonly words: Word[]
  readonly moves: CoreMove[]
  readonly nodes: Nodes
  wantsWrite: boolean
}

export class Processes {
  readonly cores: CoreStates
  readonly all = new Interned<Process>()
  readonly #disks = new Interned<DurableState>()
  readonly #steps = new Map<string, ProcessStep>()

  constructor(cores: CoreStates) {
    this.cores = cores
  }

  diskOf(process: Process): DurableState {
    return this.#disks.at(process.disk)
  }

  boot(given: { sentinel: number, durable: DurableState, nodes: Nodes, timers: number, crashes: number }): ProcessStep {
    const disk = this.#diskNumber(given.durable)
    return this.#start({
      sentinel: given.sentinel, disk, nodes: given.nodes, timersLeft: given.timers, crashesLeft: given.crashes, life: 1,
    })
  }

  /** The process ends and starts again with that on its disk. */
  restart(number: number, durable: DurableState, nodes: Nodes): ProcessStep {
    const { sentinel, timersLeft, crashesLeft, life } = this.all.at(number)
    return this.#start({ sentinel, disk: this.#diskNumber(durable), nodes, timersLeft, crashesLeft, life: life + 1 })
  }

  /** The same process with other allowances. */
  allow(number: number, allowances: { timers: number, crashes: number }): number {
    const process = { ...this.all.at(number), timersLeft: allowances.timers, crashesLeft: allowances.crashes }
    return this.all.add(textOf(process), () => process)
  }

  step(number: number, move: ProcessMove, nodes: Nodes, nodesNumber: number): ProcessStep {
    const key = `${number} ${nodesNumber} ${textOf(move)}`
    const known = this.#steps.get(key)
    if (known !== undefined) return known
    const step = this.#carryOut(this.all.at(number), move, nodes)
    this.#steps.set(key, step)
    return step
  }

  #start(
    given: Pick<Process, 'sentinel' | 'disk' | 'timersLeft' | 'crashesLeft' | 'life'> & { nodes: Nodes },
  ): ProcessStep {
    const { nodes, ...kept } = given
    const { to, outputs } = this.cores.boot(kept.sentinel, this.#disks.at(kept.disk), nodes)
    const draft: Draft = {
      process: {
        ...kept, core: to.number, writing: undefined, waiting: [], asked: [], lastEpoch: '', attempt: '', isElected: false,
      },
      words: [],
      moves: [],
      nodes,
      wantsWrite: false,
    }
    this.#takeOutputs(draft, outputs)
    return this.#finish(draft)
  }

  #carryOut(before: Process, move: ProcessMove, nodes: Nodes): ProcessStep {
    if (move.kind === 'crash') {
      const disk = move.wasWritten ? before.writing ?? before.disk : before.disk
      const { sentinel, timersLeft, crashesLeft, life } = before
      return this.#start({ sentinel, disk, nodes, timersLeft, crashesLeft: crashesLeft - 1, life: life + 1 })
    }
    const draft: Draft = { process: { ...before }, words: [], moves: [], nodes, wantsWrite: false }
    if (move.kind === 'saved') this.#endWrite(draft)
    else draft.moves.push(...this.#coreMoves(draft, move))
    return this.#finish(draft)
  }

  #coreMoves({ process }: Draft, move: Exclude<ProcessMove, { kind: 'crash' | 'saved' }>): CoreMove[] {
    switch (move.kind) {
      case 'fire':
        process.timersLeft -= 1
        return [{ kind: 'fire' }]
      case 'operate':
        return [operation(OPERATOR, move.operation)]
      case 'hello':
        return [operation(0, { kind: 'hello', payload: move.payload })]
      case 'asked': {
        const { host, port, epoch, candidate } = move
        const free = process.asked.indexOf(undefined)
        const at = free < 0 ? process.asked.length : free
        process.asked = [...process.asked.slice(0, at), move.asked, ...process.asked.slice(at + 1)]
        return [operation(at + 1, { kind: 'is-master-down', host, port, epoch, candidate })]
      }
      case 'reply':
        return [{ kind: 'input', input: { type: 'reply', connection: move.connection, request: move.request, reply: move.reply } }]
      case 'ordered':
        return move.replies.map(({ request, reply }) => (
          { kind: 'input', input: { type: 'reply', connection: move.connection, request, reply } }
        ))
      case 'lost':
        return [...this.cores.at(process.core).connections]
          .filter(([, ip]) => ip === move.ip)
          .map(([connection]) => ({ kind: 'input', input: { type: 'disconnected', connection, cause: 'other', reason: 'lost' } }))
    }
  }

  /** Runs what is left to run; then a save begins when one is wanted. */
  #finish(draft: Draft): ProcessStep {
    const { process, moves, words, nodes } = draft
    for (let move = moves.shift(); move !== undefined; move = moves.shift()) {
      const before = this.cores.at(process.core)
      const step = this.cores.step(process.core, move, nodes)
      process.core = step.to.number
      words.push(...judge(before, step, move))
      this.#takeOutputs(draft, step.outputs)
    }
    if (draft.wantsWrite && process.writing === undefined) {
      process.writing = this.#diskNumber(this.cores.at(process.core).durable)
      process.waiting = process.waiting.map((entry) => entry.kind === 'barrier' ? { kind: 'barrier', isCovered: true } : entry)
    }
    while (process.asked.length > 0 && process.asked.at(-1) === undefined) process.asked = process.asked.slice(0, -1)
    return { to: this.all.add(textOf(process), () => process), words }
  }

  #takeOutputs(draft: Draft, outputs: readonly Output[]): void {
    const { process } = draft
    for (const output of outputs) {
      if (output.type === 'persist') {
        draft.wantsWrite = true
        process.waiting = [...process.waiting, { kind: 'barrier', isCovered: false }]
      } else if (process.waiting.length > 0 && waitsForSave(output.effect)) {
        process.waiting = [...process.waiting, { kind: 'told', output }]
      } else {
        this.#perform(draft, output)
      }
    }
  }

  #endWrite(draft: Draft): void {
    const { process } = draft
    process.disk = process.writing ?? process.disk
    process.writing = undefined
    const waiting = process.waiting.filter((entry) => entry.kind !== 'barrier' || !entry.isCovered)
    const barrier = waiting.findIndex(({ kind }) => kind === 'barrier')
    const end = barrier < 0 ? waiting.length : barrier
    process.waiting = waiting.slice(end)
    draft.wantsWrite = barrier >= 0
    draft.moves.push({ kind: 'saved', laterSaves: process.waiting.filter(({ kind }) => kind === 'barrier').length })
    for (const entry of waiting.slice(0, end)) if (entry.kind === 'told') this.#perform(draft, entry.output)
  }

  #perform(draft: Draft, { effect, to }: Extract<Output, { type: 'told' }>): void {
    const { process, words, moves } = draft
    const disk = this.#disks.at(process.disk)
    if (effect.type === 'answer') {
      const at = effect.operation - 1
      const asked = process.asked[at]
      if (asked === undefined || effect.result.kind !== 'master-down') return
      process.asked = process.asked.map((other, index) => index === at ? undefined : other)
      const { leader, epoch, down } = effect.result
      words.push({ kind: 'answer', asked, leader, epoch, down, disk })
    } else if (effect.type === 'send') {
      if (!this.cores.at(process.core).connections.has(effect.connection)) return
      words.push({ kind: 'send', to, effect, disk })
      const { connection, request } = effect
      // That a hello was taken is assumed: whether it arrives is explored.
      if (request.kind === 'publish') {
        moves.push({ kind: 'input', input: { type: 'reply', connection, request, reply: { kind: 'integer', value: 1n } } })
      }
    } else if (effect.type === 'emit') {
      const { event } = effect
      const { name } = event
      if (event.name === '+new-epoch') process.lastEpoch = String(event.epoch)
      else if (name === '+try-failover') Object.assign(process, { attempt: process.lastEpoch, isElected: false })
      else if (name === '+elected-leader') {
        process.isElected = true
        const { isOrdered } = this.cores.at(process.core)
        words.push({ kind: 'elected', epoch: process.attempt, peers: disk.masters[0]?.sentinels.length ?? 0, isOrdered })
      } else if (event.name === '+vote-for-leader') {
        // An order that no majority answers goes on in an epoch of its own.
        if (event.leader === disk.myId && process.attempt !== '' && !process.isElected) process.attempt = String(event.epoch)
        words.push({ kind: 'voted', candidate: event.leader, epoch: String(event.epoch), disk })
      }
    }
  }

  #diskNumber(durable: DurableState): number {
    return this.#disks.add(textOf(durable), () => durable)
  }
}

/** The number under which operators order something; those of questions are far below. */
const OPERATOR = 1_000_000

function operation(id: number, asked: Operation): CoreMove {
  return { kind: 'input', input: { type: 'operation', id: id as OperationId, operation: asked } }
}

/** Rules about what one step may do to what a core knows. */
function judge(before: CoreState, { to }: CoreStep, move: CoreMove): Word[] {
  const words: Word[] = []
  for (const epoch of ['currentEpoch', 'configEpoch', 'leaderEpoch'] as const) {
    if (to[epoch] >= before[epoch]) continue
    const text = `${epoch} went from ${before[epoch]} back to ${to[epoch]}`
    words.push({ kind: 'broken', invariant: 'epochs never go back', text })
  }
  const hello = move.kind === 'input' && move.input.type === 'operation' && move.input.operation.kind === 'hello'
    ? move.input.operation.payload.split(',') : undefined
  const [epoch, configEpoch] = hello === undefined ? [0n, 0n] : [BigInt(hello[3] ?? '0'), BigInt(hello[7] ?? '0')]
  if (to.currentEpoch < epoch || to.configEpoch < configEpoch) {
    words.push({
      kind: 'broken',
      invariant: 'news of a higher epoch are taken',
      text: `a hello with epoch ${epoch} and config-epoch ${configEpoch} left ${to.currentEpoch} and ${to.configEpoch}`,
    })
  }
  return words
}
