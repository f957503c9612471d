/** Which connection the next request of a client takes, and its private connection. Pure. */
import type { ClientState } from './local-commands.ts'
import type { PendingRuns } from './pending-runs.ts'
import type { Lane } from './run.ts'
import type { UpstreamQueue } from './upstream-queue.ts'

/** Gives connections to a session. */
export interface Connections {
  /**
   * A shared connection; undefined: there is none now, or the master must not be used now, and `resume` is called when
   * that may have changed.
   */
  shared(lane: 'read' | 'master', mayRepeat: boolean): UpstreamQueue | undefined
  /**
   * A private connection to the master, in the database of the client. `opening`: `privateOpened` is called later, not
   * before this returns. Undefined: there is no master now, and `resume` is called when that may have changed.
   */
  openPrivate(): UpstreamQueue | 'opening' | undefined
  /** The session does not use it any more. `isClean`: another may use it. */
  releasePrivate(queue: UpstreamQueue, isClean: boolean): void
}

/** `node`: there is no connection yet. `order`: earlier requests must be answered first. */
export type Obstacle = 'node' | 'order'

export interface LaneRules {
  /** Reads need not see the writes before them. */
  readonly isLoose: boolean
  /** The client uses no connection of others. */
  readonly isAlone: boolean
}

export class SessionLanes {
  isInMulti = false
  isWatching = false
  readonly #connections: Connections
  readonly #client: ClientState
  readonly #runs: PendingRuns
  readonly #rules: LaneRules
  #private: UpstreamQueue | undefined
  /** Former private connections, from which answers may still come. */
  #left: UpstreamQueue[] = []
  #isOpening = false

  constructor(connections: Connections, client: ClientState, runs: PendingRuns, rules: LaneRules) {
    this.#connections = connections
    this.#client = client
    this.#runs = runs
    this.#rules = rules
  }

  get private(): UpstreamQueue | undefined {
    return this.#private
  }

  /** Whether the client is served by its private connection alone, which may have its state. */
  get needsPrivate(): boolean {
    return this.#rules.isAlone || this.isInMulti || this.isWatching || this.#client.database !== 0
  }

  /** Whether what the private connection knows is lost with it. */
  get isBound(): boolean {
    return this.isInMulti || this.isWatching
  }

  queueFor(lane: Lane, mayRepeat: boolean): UpstreamQueue | Obstacle {
    if (lane === 'private') return this.#privateQueue()
    const queue = this.#connections.shared(lane, mayRepeat)
    if (queue === undefined) return 'node'
    return this.#runs.mayUse(queue, this.#rules.isLoose) ? queue : 'order'
  }

  /** The same for a run that is sent again: the order is the caller's matter. */
  anyQueue(lane: Lane, mayRepeat: boolean): UpstreamQueue | undefined {
    if (lane !== 'private') return this.#connections.shared(lane, mayRepeat)
    this.#open()
    return this.#private
  }

  #open(): void {
    if (this.#private?.isUsable === false) this.leave()
    if (this.#private !== undefined || this.#isOpening) return
    const opened = this.#connections.openPrivate()
    this.#isOpening = opened === 'opening'
    this.#private = opened === 'opening' ? undefined : opened
  }

  #privateQueue(): UpstreamQueue | Obstacle {
    if (this.#private?.isUsable === true) return this.#runs.mayUse(this.#private, false) ? this.#private : 'order'
    // Opened after all writes were answered: WAIT counts from the last command on its own connection.
    if (!this.#runs.isEmpty) return 'order'
    this.#open()
    return this.#private ?? 'node'
  }

  /** The private connection is ready; undefined: it could not be opened. */
  opened(queue: UpstreamQueue | undefined): void {
    this.#isOpening = false
    this.#private = queue
  }

  /** Gives connections back that nothing needs. */
  releaseIdle(): void {
    if (!this.#runs.isEmpty) return
    this.#releaseLeft()
    if (this.#private !== undefined && !this.needsPrivate) this.drop(true)
  }

  /** Sends nothing more over the private connection. Answers may still come. */
  leave(): void {
    if (this.#private !== undefined) this.#left.push(this.#private)
    this.#private = undefined
  }

  #releaseLeft(): void {
    for (const queue of this.#left.splice(0)) this.#connections.releasePrivate(queue, false)
  }

  /** Gives up the private connection. */
  drop(isClean = false): void {
    this.#releaseLeft()
    const queue = this.#private
    this.#private = undefined
    if (queue !== undefined) this.#connections.releasePrivate(queue, isClean)
  }
}
