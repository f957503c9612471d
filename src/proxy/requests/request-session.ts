/**
 * One client in route mode: separates its requests, sends each to the connection that it needs, and passes on the
 * replies in order. Pure: its methods get the bytes and the replies, and it writes through `SessionMeans`,
 * `Connections` and `ClientSink`.
 */
import { encode, error, type ScanLimits } from '../../resp/index.ts'
import { HeldInput, type HeldBytes } from './held-input.ts'
import { HELD_BYTES_MAX, OUTPUT_BYTES_MAX, OUTPUT_BYTES_SLOW, WAITING_BYTES } from './limits.ts'
import type { ClientState } from './local-commands.ts'
import type { Peer } from './peer-commands.ts'
import { PendingRuns } from './pending-runs.ts'
import type { NodeProblem } from './refusals.ts'
import { ReplyOutput, type ClientSink } from './reply-output.ts'
import { RequestDispatch, type DispatchMeans } from './request-dispatch.ts'
import { RequestParser, STRANGER_LIMITS } from './request-parser.ts'
import { SCAN_LIMITS, type ReplyPart, type Run, type RunOwner } from './run.ts'
import { SessionLanes, type Connections, type Obstacle } from './session-lanes.ts'
import type { PrivateOwner, UpstreamQueue } from './upstream-queue.ts'

const MINUS = 45

/** What all sessions share. */
export interface SessionMeans extends DispatchMeans {
  readonly held: HeldBytes
  /** `flush` of the session is called before the end of the turn. */
  touched(session: RequestSession): void
  /** The session waits for a node; `resume` is called when there may be one, or `expire`. */
  waits(session: RequestSession): void
  /** The session has ended. */
  closed(session: RequestSession): void
}

type Phase = 'open' | 'raw' | 'closed'

export class RequestSession implements RunOwner, PrivateOwner, Peer {
  readonly client: ClientState
  /** Monotonic milliseconds until which it waits for a node; undefined: it does not wait. */
  waitsUntil: number | undefined
  readonly #means: SessionMeans
  readonly #sink: ClientSink
  readonly #output = new ReplyOutput()
  readonly #runs = new PendingRuns(this.#output)
  readonly #lanes: SessionLanes
  readonly #dispatch: RequestDispatch
  readonly #parser: RequestParser
  readonly #held: HeldInput
  #phase: Phase = 'open'
  /** Why requests wait. `client`: it has too many unanswered ones, or does not read. */
  #blocked: Obstacle | 'client' | undefined
  #isTouched = false
  /** Whether a node has answered a request with another reply than an error. */
  #isLetIn = false
  /** The client sends no more requests, or those that it sends are not looked at. */
  #isEnding = false
  /** The client has closed its sending side, and still waits for replies. */
  #hasEnded = false

  /** `id`: of `ClientIds`. */
  constructor(id: number, means: SessionMeans, { sink, connections }: {
    readonly sink: ClientSink
    readonly connections: (session: RequestSession) => Connections
  }) {
    this.client = {
      id, version: 2, isAuthenticated: !means.local.login.needsLogin, login: undefined, name: '', database: 0,
    }
    this.#means = means
    this.#sink = sink
    this.#held = new HeldInput(means.held)
    this.#lanes = new SessionLanes(connections(this), this.client, this.#runs, {
      isLoose: means.readAfterWriteMs === 0, isAlone: means.isAuthPassedOn,
    })
    this.#dispatch = new RequestDispatch({
      session: this, client: this.client, means, lanes: this.#lanes, runs: this.#runs,
    })
    this.#parser = new RequestParser({
      take: (bytes, start, end) => this.#take(bytes, start, end),
      endOfRun: () => { this.#dispatch.sendRun() },
      refuse: (reason) => { this.#refuse(reason) },
    })
  }

  get isClosed(): boolean {
    return this.#phase === 'closed'
  }

  get isRaw(): boolean {
    return this.#phase === 'raw'
  }

  /** Received bytes of the client, valid during the call. */
  receive(bytes: Buffer, end: number): void {
    if (this.#phase === 'closed' || this.#isEnding) return
    if (this.#phase === 'raw') {
      this.#lanes.private?.sendRaw(bytes, 0, end)
      return
    }
    if (this.#held.length === 0 && this.#blocked === undefined) {
      const used = this.#parse(bytes, 0, end)
      if (used < end && !this.isClosed) this.#hold(bytes, used, end)
    } else {
      this.#hold(bytes, 0, end)
      if (this.#blocked === undefined) this.#parseHeld()
    }
    this.flush()
  }

  /** The client sends nothing more. It still gets its replies. */
  clientEnded(): void {
    if (this.#phase === 'open' && (!this.#runs.isEmpty || this.#blocked !== undefined)) this.#hasEnded = true
    else this.#finish()
  }

  /** There may be a connection for the request that waits. */
  resume(): void {
    if (this.#phase !== 'open') return
    this.#blocked = undefined
    if (this.#sendAgain()) this.#parseHeld()
    if (this.#blocked !== 'node') this.waitsUntil = undefined
    this.#afterTurn()
  }

  /** No node came in time: what the client has sent is answered with an error. */
  expire(error: string): void {
    if (this.#phase !== 'open') return
    const reply = Buffer.from(`-${error}\r\n`)
    this.#runs.answerAgain(reply)
    this.#dispatch.expired = reply
    this.resume()
    this.#dispatch.expired = undefined
  }

  /** Writes what was received for the client, and goes on with requests that waited for replies. */
  flush(): void {
    this.#isTouched = false
    if (this.#phase === 'closed') return
    if (this.#blocked === 'order' || this.#blocked === 'client') this.resume()
    else this.#afterTurn()
  }

  /** Closes the connection, because a request may or may not have been executed. */
  fail(): void {
    if (this.#phase === 'closed') return
    this.#output.flush(this.#sink)
    this.#finish()
  }

  takeServerId(): number | undefined {
    return this.#lanes.private?.takeServerId()
  }

  /** The private connection; undefined: it could not be opened. */
  privateOpened(queue: UpstreamQueue | undefined): void {
    this.#lanes.opened(queue)
    if (queue === undefined) return
    queue.owner = this
    if (this.isClosed) this.#lanes.drop()
    else this.resume()
  }

  privateLost(queue: UpstreamQueue): void {
    if (this.#lanes.private !== queue) return
    if (this.#phase === 'raw' || this.#lanes.isBound) this.fail()
    else this.#lanes.leave()
  }

  rawReceived(bytes: Buffer, start: number, end: number): void {
    this.#output.add(bytes, start, end)
    this.#touch()
  }

  rawStalled(isStalled: boolean): void {
    this.#sink.setReading(!isStalled)
  }

  delivered(run: Run, part: ReplyPart): void {
    if (part.bytes[part.start] !== MINUS) this.#isLetIn = true
    if (run.onAccepted !== undefined) {
      run.isAccepted ??= part.bytes[part.start] !== MINUS
      if (run.left === 0 && run.isAccepted) run.onAccepted()
    }
    if (run.kind !== 'read') this.#dispatch.wrote()
    this.#runs.delivered(run, part)
    this.#touch()
  }

  refused(refused: Run, run: Run, problem: NodeProblem): void {
    this.#runs.splitOff(refused, run)
    // It leads to a node that is no master, and the server closes the connection of a command that it let go.
    if (refused.lane === 'private' && problem === 'not-master') this.#lanes.leave()
    this.#waitToSendAgain()
  }

  lost(run: Run): void {
    if (run.isPartlyAnswered || run.isRepeated || run.kind === 'pinned' || (run.isSent && run.kind !== 'read')) {
      this.fail()
      return
    }
    run.isRepeated = run.isSent
    run.dropAnswered()
    this.#runs.sendAgain(run)
    this.#waitToSendAgain()
  }

  #waitToSendAgain(): void {
    this.#blocked = 'order'
    this.#touch()
  }

  #touch(): void {
    if (this.#isTouched) return
    this.#isTouched = true
    this.#means.touched(this)
  }

  /** Sends runs again. Returns false when that has to wait. */
  #sendAgain(): boolean {
    for (let run = this.#runs.firstAgain; run !== undefined; run = this.#runs.firstAgain) {
      const obstacle = this.#dispatch.sendAgain(run)
      if (obstacle !== undefined) {
        this.#block(obstacle)
        return false
      }
      this.#runs.sentAgain()
    }
    return true
  }

  #block(obstacle: Obstacle | 'client'): void {
    this.#blocked = obstacle
    if (obstacle === 'node') this.#means.waits(this)
  }

  #afterTurn(): void {
    this.#output.flush(this.#sink)
    if (this.#sink.unsentBytes + this.#runs.keptBytes > OUTPUT_BYTES_MAX) {
      this.#finish()
      this.#sink.destroy()
    }
    if (this.#phase !== 'open') return
    this.#sink.setReading(this.#blocked === undefined || this.#held.length < WAITING_BYTES)
    if (!this.#runs.isEmpty) return
    if (this.#isEnding || (this.#hasEnded && this.#blocked === undefined)) this.#finish()
    else if (this.#blocked === undefined) this.#lanes.releaseIdle()
  }

  #finish(): void {
    if (this.#phase === 'closed') return
    this.#phase = 'closed'
    this.#held.clear()
    this.#runs.abandonAll()
    this.#lanes.drop()
    this.#sink.end()
    this.#means.closed(this)
  }

  #hold(bytes: Buffer, start: number, end: number): void {
    this.#held.append(bytes, start, end)
    if (this.#means.held.total > HELD_BYTES_MAX) this.#finish()
  }

  #parseHeld(): void {
    const { bytes, start, end } = this.#held
    if (start < end) this.#held.consume(this.#parse(bytes, start, end))
  }

  get #limits(): ScanLimits {
    const isStranger = this.#means.isAuthPassedOn ? !this.#isLetIn : !this.client.isAuthenticated
    return isStranger ? STRANGER_LIMITS : SCAN_LIMITS
  }

  /** Returns the position of the first byte that was not used. */
  #parse(bytes: Buffer, start: number, end: number): number {
    const isClientSlow = this.#sink.unsentBytes > OUTPUT_BYTES_SLOW
    let at = start
    while (at < end && this.#phase === 'open' && !this.#isEnding) {
      if (isClientSlow || this.#dispatch.isFull) {
        this.#block('client')
        break
      }
      const next = this.#parser.parse(bytes, at, end, this.#limits)
      if (next === at) break
      at = next
    }
    this.#dispatch.sendRun()
    if (!this.isRaw) return at
    this.#lanes.private?.sendRaw(bytes, at, end)
    return end
  }

  #take(bytes: Buffer, start: number, end: number): boolean {
    const outcome = this.#dispatch.take(bytes, start, end)
    switch (outcome) {
      case 'taken':
        return true
      case 'quit':
        this.#isEnding = true
        return true
      case 'raw':
        this.#phase = 'raw'
        this.#sink.setReading(true)
        this.#lanes.private?.startRaw()
        this.#lanes.private?.sendRaw(bytes, start, end)
        return true
      default:
        this.#block(outcome)
        return false
    }
  }

  #refuse(reason: string): void {
    this.#dispatch.sendRun()
    this.#runs.addReply(Buffer.from(encode(error(`ERR Protocol error: ${reason}`), 2), 'latin1'))
    this.#isEnding = true
  }
}
