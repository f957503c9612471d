/**
 * The requests on one connection to a node, in order, each with the session that gets the replies. Many clients share a
 * connection unless it is private. Pure: `UpstreamConnection` reads and writes the bytes.
 */
import type { Role } from '../route/route.ts'
import { ERROR_BYTES_MAX } from './limits.ts'
import { nodeProblem, type NodeProblem } from './refusals.ts'
import { BROKEN, INCOMPLETE, ReplyScanner } from './reply-scanner.ts'
import type { Run, RunKind, RunQueue } from './run.ts'
import { SendBuffer, type ByteRange } from './send-buffer.ts'

const MINUS = 45
const PUSH = 62
const LF = 10

/** Requests by kind that one kind of node has got. */
export type KindCounts = Record<RunKind, number>

/** What happens to the connection of a client that uses it alone. */
export interface PrivateOwner {
  /** Bytes of a raw connection, valid during the call. */
  rawReceived(bytes: Buffer, start: number, end: number): void
  /** The node does not take the bytes of a raw connection for now, or takes them again. */
  rawStalled(isStalled: boolean): void
  /** The connection is lost or leads to a deposed master, and no request on it is without an answer. */
  privateLost(queue: UpstreamQueue): void
}

export interface UpstreamQueueOptions {
  readonly role: Role
  /** Whether one client has it for what it cannot do on a shared connection. */
  readonly isPrivate: boolean
  /** Whether many clients use it. */
  readonly isShared: boolean
  readonly counts: KindCounts
  /** There is something to send. */
  readonly onOutput: (queue: UpstreamQueue) => void
  /** The node refused a request because of its state. */
  readonly onProblem: (queue: UpstreamQueue, problem: NodeProblem) => void
  /** Milliseconds that the first reply of a run took. */
  readonly onLatency: (ms: number) => void
}

export class UpstreamQueue implements RunQueue {
  readonly role: Role
  readonly isPrivate: boolean
  /** Whether further requests may be added. */
  isUsable = true
  /** The node is not the master any more: what it still acknowledges does not count. */
  isDeposed = false
  /** The client of a private connection. */
  owner: PrivateOwner | undefined
  /** The id that the node gave a private connection; undefined: it is not known. */
  serverId: number | undefined
  /** Whether another client may use a private connection after its owner. */
  isReusable = true
  readonly #options: UpstreamQueueOptions
  readonly #scanner = new ReplyScanner()
  readonly #output: SendBuffer
  #runs: Run[] = []
  #first = 0
  /** Of #runs, how many were written. */
  #sent = 0
  #isRaw = false
  #hasFailed = false
  /** Whether the reply that is being scanned is a message that belongs to no request. */
  #isPush = false
  /** The beginning of an error line. */
  #held: Buffer | undefined

  constructor(options: UpstreamQueueOptions) {
    this.#options = options
    this.role = options.role
    this.isPrivate = options.isPrivate
    this.#output = new SendBuffer({ isShared: options.isShared })
  }

  /** Whether no request waits for an answer. */
  get isIdle(): boolean {
    return this.#first === this.#runs.length
  }

  /** The id by which a request names this connection. It may arrive late, so that no other client may have it then. */
  takeServerId(): number | undefined {
    this.isReusable = false
    return this.serverId
  }

  get hasOutput(): boolean {
    return !this.#output.isEmpty
  }

  /** Adds the requests of a run. They go out at the end of the turn. */
  send(run: Run): void {
    const isFirst = this.#output.isEmpty
    this.#output.addRun(run)
    run.queue = this
    run.isSent = false
    this.#runs.push(run)
    if (run.owner !== undefined) this.#options.counts[run.kind] += run.left
    if (isFirst) this.#options.onOutput(this)
  }

  /** From now on bytes go through in both directions, without requests and replies. */
  startRaw(): void {
    this.#isRaw = true
  }

  sendRaw(bytes: Buffer, start: number, end: number): void {
    const isFirst = this.#output.isEmpty
    this.#output.addBytes(bytes, start, end)
    if (isFirst) this.#options.onOutput(this)
  }

  /** The node takes nothing for now, or takes bytes again. On other than raw connections requests have bounds. */
  setStalled(isStalled: boolean): void {
    if (this.#isRaw) this.owner?.rawStalled(isStalled)
  }

  /** Everything to write now. */
  takeOutput(now: number): readonly ByteRange[] {
    for (; this.#sent < this.#runs.length; this.#sent += 1) {
      const run = this.#runs[this.#sent]
      if (run === undefined) continue
      run.isSent = true
      run.sentAt = now
    }
    return this.#output.take()
  }

  /** Passes on received bytes. Returns false when they are no replies: the connection is of no use any more. */
  receive(received: Buffer, receivedEnd: number, now: number): boolean {
    let bytes = received
    let end = receivedEnd
    if (this.#held !== undefined) {
      bytes = Buffer.concat([this.#held, received.subarray(0, receivedEnd)])
      end = bytes.length
      this.#held = undefined
    }
    let at = 0
    // A session that ends may close the connection in the meantime.
    while (at < end && !this.#hasFailed) {
      // The first replies may be those to preparations.
      if (this.#isRaw && this.isIdle) {
        this.owner?.rawReceived(bytes, at, end)
        return true
      }
      at = this.#isPush || (bytes[at] === PUSH && !this.#scanner.isInside)
        ? this.#receivePush(bytes, at, end) : this.#receiveReplies(bytes, at, end, now)
      if (at === BROKEN) return false
    }
    return true
  }

  /** The replies to the first run, as far as they are here. Returns the position behind them. */
  #receiveReplies(bytes: Buffer, from: number, end: number, now: number): number {
    const run = this.#runs[this.#first]
    if (run === undefined || this.#first >= this.#sent) return BROKEN
    let at = from
    let replies = 0
    while (replies < run.left) {
      if (at < end && !this.#scanner.isInside) {
        const mark = bytes[at]
        if (mark === MINUS) {
          const lineEnd = bytes.indexOf(LF, at)
          if (lineEnd < 0 || lineEnd >= end) {
            this.#deliver(run, bytes, from, at, replies, now)
            return this.#hold(bytes, at, end)
          }
          const problem = nodeProblem(bytes, at + 1, lineEnd)
          if (problem !== undefined && this.#isRefusal(run, problem)) {
            this.#deliver(run, bytes, from, at, replies, now)
            // Its client may be gone now, because of the replies before.
            if (this.#runs[this.#first] !== run || run.owner === undefined) return at
            this.#refuse(run, problem)
            return lineEnd + 1
          }
        } else if (mark === PUSH) break
      }
      const next = at < end ? this.#scanner.scan(bytes, at, end) : INCOMPLETE
      if (next === BROKEN) return BROKEN
      if (next === INCOMPLETE) {
        this.#deliver(run, bytes, from, end, replies, now)
        return end
      }
      at = next
      replies += 1
    }
    this.#deliver(run, bytes, from, at, replies, now)
    return at
  }

  /** An error line that is not complete is kept, because it may be a refusal. */
  #hold(bytes: Buffer, at: number, end: number): number {
    if (end - at > ERROR_BYTES_MAX) return BROKEN
    this.#held = Buffer.from(bytes.subarray(at, end))
    return end
  }

  /** Messages of RESP3 outside of replies. A shared connection has none that a client asked for. */
  #receivePush(bytes: Buffer, from: number, end: number): number {
    const next = this.#scanner.scan(bytes, from, end)
    if (next === BROKEN) return BROKEN
    this.#isPush = next === INCOMPLETE
    return next === INCOMPLETE ? end : next
  }

  #deliver(run: Run, bytes: Buffer, from: number, to: number, replies: number, now: number): void {
    if (from === to) return
    const { owner } = run
    // A write that a deposed master acknowledges is lost. Its client must not take it for stored.
    if (this.isDeposed && run.kind !== 'read' && owner !== undefined) {
      this.#abandon(run, owner)
      this.#pass(this.#runs[this.#first], replies)
      return
    }
    if (owner !== undefined && run.answered === 0 && !run.isPartlyAnswered) this.#options.onLatency(now - run.sentAt)
    this.#pass(run, replies)
    owner?.delivered(run, { bytes, start: from, end: to, replies })
  }

  /** Counts replies to the first run. */
  #pass(run: Run | undefined, replies: number): void {
    if (run === undefined) return
    run.left -= replies
    run.answered += replies
    run.isPartlyAnswered = this.#scanner.isInside
    if (run.left === 0) this.#removeFirst()
  }

  #removeFirst(): void {
    this.#first += 1
    if (this.#first < 1_024 && this.#first < this.#runs.length) return
    this.#runs = this.#runs.slice(this.#first)
    this.#sent -= this.#first
    this.#first = 0
  }

  #isRefusal({ owner, kind, isRepeated }: Run, problem: NodeProblem): boolean {
    if (owner === undefined) return false
    this.#options.onProblem(this, problem)
    return kind !== 'pinned' && !isRepeated
  }

  #refuse(run: Run, problem: NodeProblem): void {
    const { owner } = run
    const refused = run.splitFirst()
    if (run.left === 0) this.#removeFirst()
    owner?.refused(refused, run, problem)
  }

  /** The master was replaced. Reads and what was not written go elsewhere; writes wait a moment for a refusal. */
  depose(): void {
    this.isUsable = false
    this.isDeposed = true
    this.#output.take()
    const unsent = this.#runs.splice(this.#sent)
    for (const run of this.#runs.slice(this.#first)) {
      if (run.owner !== undefined && run.kind === 'read') this.#abandon(run, run.owner)
    }
    for (const run of unsent) lose(run)
    if (this.isIdle || this.#isRaw) this.owner?.privateLost(this)
  }

  /** Replaces a run by one without an owner, which keeps its place. */
  #abandon(run: Run, owner: NonNullable<Run['owner']>): void {
    const ghost = run.ghost()
    this.#runs[this.#runs.indexOf(run, this.#first)] = ghost
    run.queue = undefined
    owner.lost(run)
  }

  /** The connection is gone. */
  fail(): void {
    this.isUsable = false
    this.#hasFailed = true
    this.#output.take()
    const runs = this.#runs.slice(this.#first)
    this.#runs = []
    this.#first = 0
    this.#sent = 0
    for (const run of runs) lose(run)
    this.owner?.privateLost(this)
  }
}

function lose(run: Run): void {
  run.queue = undefined
  run.owner?.lost(run)
}
