/** Decides about each request of a client: which connection, an answer of the proxy, or a wait. Pure. */
import type { CommandKind } from '../commands/command-kind.ts'
import type { CommandFacts, CommandTable } from '../commands/command-table.ts'
import { encode, error, OK, type RespValue } from '../../resp/index.ts'
import { PENDING_BYTES_MAX, PENDING_REQUESTS_MAX } from './limits.ts'
import { NO_LOGIN, runLocal, type ClientState, type LocalMeans, type LocalOutcome } from './local-commands.ts'
import type { PendingRuns } from './pending-runs.ts'
import { passedOn } from './passed-on.ts'
import { runPeerCommand, type ClientPeers } from './peer-commands.ts'
import { isScriptDebug, isWithoutWords, mayBlock } from './request-facts.ts'
import { encodeRequest, placeName, wordsOf } from './request-words.ts'
import { Run, type Lane, type RunKind, type RunOwner } from './run.ts'
import type { Obstacle, SessionLanes } from './session-lanes.ts'
import type { UpstreamQueue } from './upstream-queue.ts'

/** What became of a request. After an obstacle it has to be given again. */
export type Taken = 'taken' | 'quit' | 'raw' | Obstacle

/** What decisions about the requests of all clients depend on. */
export interface DispatchMeans {
  readonly commands: CommandTable
  readonly local: LocalMeans
  readonly peers: ClientPeers
  /** Reads of a client that wrote go to the master for so long; 0: they need not see its writes. */
  readonly readAfterWriteMs: number
  /** Whether nodes check the logins of clients. Each client has a connection of its own then. */
  readonly isAuthPassedOn: boolean
  /** Monotonic milliseconds. */
  now(): number
}

export interface DispatchOptions {
  readonly session: RunOwner
  readonly client: ClientState
  readonly means: DispatchMeans
  readonly lanes: SessionLanes
  readonly runs: PendingRuns
}

/** Words of a local command that are looked at: more than any has. */
const LOCAL_WORDS_MAX = 64

/** What is executed by EXEC and changes the connection, or gets no reply. */
const RAW_IN_MULTI: ReadonlySet<CommandKind> = new Set<CommandKind>(['raw', 'select', 'local', 'refused'])

/** Databases of a server: more than anyone configures. */
const DATABASE = /^\d{1,6}$/

export class RequestDispatch {
  /** The answer to requests for which there is no node; undefined: they wait. */
  expired: Buffer | undefined
  readonly #options: DispatchOptions
  readonly #place = { start: 0, end: 0 }
  /** The run to which further requests may be added. */
  #run: Run | undefined
  #queue: UpstreamQueue | undefined
  /** Whether the last request that could be went to a node. */
  #wasForwarded = false
  /** Monotonic milliseconds until which reads go to the master; 0: they need not. */
  #masterUntil = 0

  constructor(options: DispatchOptions) {
    this.#options = options
  }

  /** Whether the client has so many requests without a reply that further ones wait. */
  get isFull(): boolean {
    const { runs } = this.#options
    const requests = Math.max(runs.requests, runs.size) + (this.#run?.left ?? 0)
    return requests >= PENDING_REQUESTS_MAX || runs.bytes > PENDING_BYTES_MAX
  }

  /** A write has a reply now. */
  wrote(): void {
    const { means } = this.#options
    if (means.readAfterWriteMs > 0) this.#masterUntil = means.now() + means.readAfterWriteMs
  }

  /** Takes one complete request, whose bytes stay valid until `sendRun`. */
  take(bytes: Buffer, start: number, end: number): Taken {
    const { client, lanes, means } = this.#options
    placeName(bytes, start, this.#place)
    const facts = means.commands.find(bytes, this.#place.start, this.#place.end)
    const isPlain = client.isAuthenticated && !lanes.needsPrivate
    if (isPlain && facts.kind === 'read') return this.#forward('read', this.#readLane(), bytes, start, end)
    if (isPlain && facts.kind === 'write') return this.#forward('write', 'master', bytes, start, end)
    if (!client.isAuthenticated && !(facts.kind === 'local' && facts.name !== 'client')) return this.#reply(NO_LOGIN)
    return lanes.isInMulti ? this.#takeInMulti(facts, bytes, start, end) : this.#takeAny(facts, bytes, start, end)
  }

  /** Sends the requests that were taken. */
  sendRun(): void {
    const run = this.#run
    if (run === undefined) return
    this.#run = undefined
    this.#options.runs.add(run)
    this.#queue?.send(run)
  }

  /** Sends a run that a node did not execute. Returns why that must wait. */
  sendAgain(run: Run): Obstacle | undefined {
    const { lanes, runs } = this.#options
    const lane = run.lane === 'read' ? this.#readLane() : run.lane
    const queue = lanes.anyQueue(lane, run.kind === 'read')
    if (queue === undefined) return 'node'
    if (!runs.maySendAgain(run, queue)) return 'order'
    queue.send(run)
    return undefined
  }

  #takeAny(facts: CommandFacts, bytes: Buffer, start: number, end: number): Taken {
    const { lanes } = this.#options
    const master = this.#masterLane
    switch (facts.kind) {
      case 'read':
        return this.#forward('read', this.#readLane(), bytes, start, end)
      case 'master-read':
        return this.#forward('read', master, bytes, start, end)
      case 'write':
        return this.#forward('write', master, bytes, start, end)
      case 'blocking':
        return this.#forward('blocking', 'private', bytes, start, end)
      case 'script':
        if (isScriptDebug(bytes, start, end)) return this.#startRaw()
        return this.#forward('write', master, bytes, start, end)
      case 'stream-read':
        return this.#takeStreamRead(facts.name, bytes, start, end)
      case 'multi': case 'watch': {
        const taken = this.#forward('pinned', 'private', bytes, start, end)
        if (!this.#wasForwarded) return taken
        if (facts.kind === 'multi') lanes.isInMulti = true
        else lanes.isWatching = true
        return taken
      }
      case 'unwatch': {
        if (!lanes.isWatching) return this.#reply(OK)
        const taken = this.#forward('pinned', 'private', bytes, start, end)
        if (this.#wasForwarded && isWithoutWords(bytes, start)) lanes.isWatching = false
        return taken
      }
      case 'select':
        return this.#select(bytes, start, end)
      case 'local':
        return this.#runLocal(bytes, start, end)
      case 'raw':
        return this.#startRaw()
      case 'refused':
        return this.#reply(error(`ERR ${facts.name.toUpperCase()} is for replicas: the proxy does not pass it on`))
    }
  }

  /** Between MULTI and EXEC the node queues everything. */
  #takeInMulti({ name, kind }: CommandFacts, bytes: Buffer, start: number, end: number): Taken {
    const { lanes } = this.#options
    if (name === 'quit' || name === 'reset') return this.#runLocal(bytes, start, end)
    // EXEC changes the connection, which no other client may get.
    if (RAW_IN_MULTI.has(kind)) return this.#startRaw()
    const taken = this.#forward('pinned', 'private', bytes, start, end)
    if (this.#wasForwarded && (name === 'exec' || name === 'discard') && isWithoutWords(bytes, start)) {
      lanes.isInMulti = false
      lanes.isWatching = false
    }
    return taken
  }

  #takeStreamRead(name: string, bytes: Buffer, start: number, end: number): Taken {
    if (mayBlock(bytes, start, end)) return this.#forward('blocking', 'private', bytes, start, end)
    if (name === 'xread') return this.#forward('read', this.#readLane(), bytes, start, end)
    return this.#forward('write', this.#masterLane, bytes, start, end)
  }

  #select(bytes: Buffer, start: number, end: number): Taken {
    const { client, lanes, means, runs } = this.#options
    const words = wordsOf(bytes, start, end, 3)
    const [, database = ''] = words
    const isNumber = words.length === 2 && DATABASE.test(database)
    if (isNumber && Number(database) === 0 && client.database === 0 && !lanes.isWatching && !means.isAuthPassedOn) {
      // An earlier SELECT may not be answered yet.
      return lanes.private === undefined || runs.isEmpty ? this.#reply(OK) : this.#blockForOrder()
    }
    this.sendRun()
    if (!runs.isEmpty) return 'order'
    return this.#forwardAlone('write', bytes, start, end, () => {
      if (isNumber) client.database = Number(database)
    })
  }

  #blockForOrder(): Taken {
    this.sendRun()
    return 'order'
  }

  #runLocal(bytes: Buffer, start: number, end: number): Taken {
    const { client, lanes, means, runs } = this.#options
    const words = wordsOf(bytes, start, end, LOCAL_WORDS_MAX)
    const name = words[0]?.toLowerCase()
    if (means.isAuthPassedOn && (name === 'auth' || (name === 'hello' && !lanes.isBound) || name === 'client')) {
      const change = passedOn(words, client)
      return change === 'raw' ? this.#startRaw() : this.#forwardAlone('read', bytes, start, end, change)
    }
    // What is pending may have to be sent again, in the protocol in which it was sent; or it is SELECT, whose database
    // CLIENT INFO shows.
    if (name === 'hello' || name === 'reset' || (name === 'client' && words[1]?.toLowerCase() === 'info')) {
      this.sendRun()
      if (!runs.isEmpty) return 'order'
    }
    if (name === 'hello' || name === 'reset') {
      if (name === 'hello' && lanes.isBound) return this.#startRaw()
      lanes.drop()
    }
    const outcome: LocalOutcome = (name === 'client' ? runPeerCommand(words, client, means.peers) : undefined)
      ?? runLocal(words, client, means.local)
    switch (outcome.kind) {
      case 'reply':
        return this.#replyText(outcome.text)
      case 'quit':
        this.#replyText(outcome.text)
        return 'quit'
      case 'reset':
        lanes.isInMulti = false
        lanes.isWatching = false
        return this.#replyText(outcome.text)
      case 'raw':
        return this.#startRaw()
      case 'master':
        if (outcome.words !== undefined) return this.#forwardOther(outcome.words)
        return this.#forward('write', this.#masterLane, bytes, start, end)
    }
  }

  /** Sends a request over the private connection, in a run of its own. `onAccepted`: when the node accepts it. */
  #forwardAlone(kind: RunKind, bytes: Buffer, start: number, end: number, onAccepted: () => void): Taken {
    this.sendRun()
    const taken = this.#forward(kind, 'private', bytes, start, end)
    if (!this.#wasForwarded || this.#run === undefined) return taken
    this.#run.onAccepted = onAccepted
    this.sendRun()
    return 'taken'
  }

  /** Sends a request of the proxy in place of that of the client. */
  #forwardOther(words: readonly string[]): Taken {
    this.sendRun()
    const request = encodeRequest(words)
    const taken = this.#forward('write', this.#masterLane, request, 0, request.length)
    this.sendRun()
    return taken
  }

  /** Bytes go through untouched as soon as everything before has its reply. */
  #startRaw(): Taken {
    this.sendRun()
    if (!this.#options.runs.isEmpty) return 'order'
    const queue = this.#options.lanes.queueFor('private', false)
    if (typeof queue !== 'string') return 'raw'
    return this.#wait(queue)
  }

  /** Adds a request to the run, or begins another run. */
  #forward(kind: RunKind, lane: Lane, bytes: Buffer, start: number, end: number): Taken {
    const { lanes, session } = this.#options
    const wanted = lanes.isWatching && lane === 'private' ? 'pinned' : kind
    const open = this.#run
    this.#wasForwarded = true
    if (open !== undefined && open.kind === wanted && open.lane === lane && open.end === start) {
      open.end = end
      open.left += 1
      return 'taken'
    }
    this.sendRun()
    const queue = lanes.queueFor(lane, wanted === 'read')
    if (typeof queue === 'string') {
      this.#wasForwarded = false
      return this.#wait(queue)
    }
    this.#run = new Run(session, { kind: wanted, lane, left: 1, bytes, start, end })
    this.#queue = queue
    return 'taken'
  }

  #wait(obstacle: Obstacle): Taken {
    if (obstacle === 'order' || this.expired === undefined) return obstacle
    this.#options.runs.addReply(this.expired)
    return 'taken'
  }

  get #masterLane(): Lane {
    return this.#options.lanes.needsPrivate ? 'private' : 'master'
  }

  #readLane(): Lane {
    const { lanes, means, runs } = this.#options
    if (lanes.needsPrivate) return 'private'
    if (means.readAfterWriteMs === 0) return 'read'
    if ((this.#run !== undefined && this.#run.kind !== 'read') || runs.hasWrite) return 'master'
    if (this.#masterUntil === 0) return 'read'
    if (means.now() < this.#masterUntil) return 'master'
    this.#masterUntil = 0
    return 'read'
  }

  #reply(value: RespValue): Taken {
    return this.#replyText(encode(value, this.#options.client.version))
  }

  #replyText(text: string): Taken {
    this.sendRun()
    this.#options.runs.addReply(Buffer.from(text, 'latin1'))
    return 'taken'
  }
}
