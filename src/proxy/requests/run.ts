/**
 * Consecutive requests of one client that go to the same connection. Most clients send one request at a time, and
 * pipelines of many; what is done for a run is done once for all its requests.
 */
import { FrameScanner, type ScanLimits } from '../../resp/index.ts'
import type { Role } from '../route/route.ts'
import { REQUEST_BYTES_MAX, REQUEST_WORDS_MAX } from './limits.ts'
import type { NodeProblem } from './refusals.ts'

/** Strict: the node must find the same ends of requests, whose connection others share. */
export const SCAN_LIMITS: ScanLimits = {
  authenticated: true, bulkBytesMax: REQUEST_BYTES_MAX, wordsMax: REQUEST_WORDS_MAX, requestBytesMax: REQUEST_BYTES_MAX,
  isStrict: true,
}

export type RunKind =
  /** It may be sent again. */
  | 'read'
  /** It may have been executed once it was sent. */
  | 'write'
  /** The same; it may take any time. */
  | 'blocking'
  /** It depends on what was sent on the same connection before: MULTI, WATCH. */
  | 'pinned'

/** Which connection serves a run. */
export type Lane = 'read' | 'master' | 'private'

/** A connection on which runs wait for replies. */
export interface RunQueue {
  readonly role: Role
  readonly isPrivate: boolean
  readonly isDeposed: boolean
}

/** Received bytes from `start` to `end`, and how many replies end in them. */
export interface ReplyPart {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
  readonly replies: number
}

/** Where the replies go. */
export interface RunOwner {
  /**
   * Bytes with the ends of so many replies, in order; `run.left` is reduced already. The bytes are valid during the
   * call.
   */
  delivered(run: Run, part: ReplyPart): void
  /** The node did not execute `refused`, which was the next of `run`. */
  refused(refused: Run, run: Run, problem: NodeProblem): void
  /** The connection is lost, or its replies do not count any more. */
  lost(run: Run): void
}

export class Run {
  readonly kind: RunKind
  readonly lane: Lane
  /** Undefined: replies are dropped. */
  owner: RunOwner | undefined
  /** Requests without a reply. */
  left: number
  /** The requests, also those that were answered. Borrowed from the reader until the run is sent. */
  bytes: Buffer
  start: number
  end: number
  isBorrowed = true
  /** How many of them were answered. */
  answered = 0
  /** Where it waits for replies; undefined: it was not sent yet, or has to be sent again. */
  queue: RunQueue | undefined
  /** Whether it was written to the connection. */
  isSent = false
  /** Milliseconds, of the moment at which it was written. */
  sentAt = 0
  /** Whether a part of a reply was passed on. */
  isPartlyAnswered = false
  /** Whether it was sent again, or refused by a node. */
  isRepeated = false
  /** Replies that wait for those of earlier runs. */
  parts: Buffer[] = []
  /** Called when the reply to its only request is complete, and no error. */
  onAccepted: (() => void) | undefined
  /** Whether the reply begins as one that is no error; undefined: it has not come. */
  isAccepted: boolean | undefined

  constructor(owner: RunOwner | undefined, { kind, lane, left, bytes, start, end }: {
    readonly kind: RunKind
    readonly lane: Lane
    readonly left: number
    readonly bytes: Buffer
    readonly start: number
    readonly end: number
  }) {
    this.owner = owner
    this.kind = kind
    this.lane = lane
    this.left = left
    this.bytes = bytes
    this.start = start
    this.end = end
  }

  /** Forgets the requests that were answered. */
  dropAnswered(): void {
    for (; this.answered > 0; this.answered -= 1) this.start = this.#endOfFirst()
  }

  /** Takes the first request without a reply out of the run. It keeps the replies that wait. */
  splitFirst(): Run {
    this.dropAnswered()
    const end = this.#endOfFirst()
    const { kind, lane, bytes, start } = this
    const first = new Run(this.owner, { kind, lane, left: 1, bytes, start, end })
    first.isBorrowed = false
    first.isRepeated = true
    first.onAccepted = this.onAccepted
    first.parts = this.parts
    this.parts = []
    this.start = end
    this.left -= 1
    return first
  }

  /** The same place in the replies of the connection, without an owner. */
  ghost(): Run {
    const { kind, lane, left, bytes, start, end } = this
    return new Run(undefined, { kind, lane, left, bytes, start, end })
  }

  #endOfFirst(): number {
    const scanner = new FrameScanner()
    scanner.scan(this.bytes, this.start, this.end, SCAN_LIMITS)
    return this.start + scanner.length
  }
}
