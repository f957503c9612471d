/** The runs of one client without all their replies, in the order of the requests. Pure. */
import { Run, type ReplyPart, type RunQueue } from './run.ts'
import type { ReplyOutput } from './reply-output.ts'

export class PendingRuns {
  readonly #output: ReplyOutput
  readonly #runs: Run[] = []
  /** Runs that have to be sent again, in the same order. */
  readonly #again: Run[] = []
  /** Requests without a reply, and the bytes of the runs that they belong to. */
  #requests = 0
  #bytes = 0
  #keptBytes = 0

  constructor(output: ReplyOutput) {
    this.#output = output
  }

  get isEmpty(): boolean {
    return this.#runs.length === 0
  }

  get requests(): number {
    return this.#requests
  }

  /** Runs, also those that have their replies and wait for the earlier ones. */
  get size(): number {
    return this.#runs.length
  }

  /** Bytes of the requests, as far as they are held. */
  get bytes(): number {
    return this.#bytes
  }

  /** Bytes of replies that wait for those of earlier runs. */
  get keptBytes(): number {
    return this.#keptBytes
  }

  /** The first run that has to be sent again. */
  get firstAgain(): Run | undefined {
    return this.#again[0]
  }

  add(run: Run): void {
    this.#runs.push(run)
    this.#requests += run.left
    this.#bytes += run.end - run.start
  }

  /** A reply of the proxy itself, in its place. */
  addReply(reply: Buffer): void {
    if (this.#runs.length === 0) {
      this.#output.addOwn(reply)
      return
    }
    const { length } = reply
    const answered = new Run(undefined, { kind: 'read', lane: 'master', left: 0, bytes: reply, start: 0, end: length })
    answered.parts.push(reply)
    this.add(answered)
    this.#keptBytes += length
  }

  /** Whether a write or something that may be one has no reply. */
  get hasWrite(): boolean {
    return this.#runs.some(({ kind, left }) => left > 0 && kind !== 'read')
  }

  /**
   * Whether a further request may go to this connection now. The order in which requests are executed must be that in
   * which the client sent them, so it waits while others are pending elsewhere. `isLoose`: reads need not see the
   * writes before them, so that two shared connections may be in use at the same time.
   */
  mayUse(queue: RunQueue, isLoose: boolean): boolean {
    const mayWaitThere = (other: RunQueue | undefined) => other === queue || (isLoose && areApart(other, queue))
    return this.#runs.every((run) => run.left === 0 || mayWaitThere(run.queue))
  }

  /**
   * Whether a run may be sent again to this connection. All before it must have their replies, or wait there. Writes
   * behind it must not be pending elsewhere: they may have been executed, and it must not see them.
   */
  maySendAgain(run: Run, queue: RunQueue): boolean {
    const position = this.#runs.indexOf(run)
    return this.#runs.every((one, at) => {
      if (one === run || one.left === 0 || one.queue === queue) return true
      return at > position && (one.kind === 'read' || one.queue === undefined)
    })
  }

  /** Passes on replies to a run, or keeps them until the earlier runs have theirs. */
  delivered(run: Run, { bytes, start, end, replies }: ReplyPart): void {
    this.#requests -= replies
    if (run !== this.#runs[0]) {
      this.#keptBytes += end - start
      run.parts.push(Buffer.from(bytes.subarray(start, end)))
      return
    }
    this.#passParts(run)
    this.#output.add(bytes, start, end)
    if (run.left > 0) return
    this.#removeFirst(run)
    this.#passFollowing()
  }

  #passParts(run: Run): void {
    if (run.parts.length === 0) return
    for (const part of run.parts) {
      this.#keptBytes -= part.length
      this.#output.addOwn(part)
    }
    run.parts = []
  }

  #passFollowing(): void {
    for (let run = this.#runs[0]; run !== undefined; run = this.#runs[0]) {
      this.#passParts(run)
      if (run.left > 0) return
      this.#removeFirst(run)
    }
  }

  #removeFirst(run: Run): void {
    this.#runs.shift()
    this.#bytes = this.#runs.length === 0 ? 0 : this.#bytes - (run.end - run.start)
  }

  /** `refused` was taken out of `run`, and is sent again. */
  splitOff(refused: Run, run: Run): void {
    this.#runs.splice(this.#runs.indexOf(run), run.left === 0 ? 1 : 0, refused)
    this.sendAgain(refused)
  }

  /** Notes that a run has to be sent again. */
  sendAgain(run: Run): void {
    const position = (one: Run): number => this.#runs.indexOf(one)
    this.#again.push(run)
    this.#again.sort((one, other) => position(one) - position(other))
  }

  /** The first run that had to be sent again was sent. */
  sentAgain(): void {
    this.#again.shift()
  }

  /** Answers all runs that have to be sent again with the same reply. */
  answerAgain(reply: Buffer): void {
    for (const run of this.#again.splice(0)) {
      const replies = run.left
      const bytes = Buffer.concat(Array.from({ length: replies }, () => reply))
      run.left = 0
      this.delivered(run, { bytes, start: 0, end: bytes.length, replies })
    }
  }

  /** Gives up all of them: their replies are dropped. */
  abandonAll(): void {
    for (const run of this.#runs) run.owner = undefined
    this.#runs.length = 0
    this.#again.length = 0
    this.#requests = 0
    this.#bytes = 0
    this.#keptBytes = 0
  }
}

/** Whether both connections may be in use at the same time: one of them has reads only, and neither is private. */
function areApart(one: RunQueue | undefined, other: RunQueue): boolean {
  if (one === undefined || one.isPrivate || other.isPrivate || one.isDeposed) return false
  return one.role === 'replica' || other.role === 'replica'
}
