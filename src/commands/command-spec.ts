import type { ChannelClaim } from '../acl/index.ts'
import type { RespValue } from '../resp/index.ts'
import type { Client } from './client.ts'
import type { CommandDoc } from './command-doc.ts'
import type { CommandEnvironment } from './environment.ts'

/**
 * A command as data: dispatch, COMMAND and the ACL read the same row (protocol.md 1.2).
 */
export interface CommandSpec {
  /** Lower case; for a subcommand its own word only. */
  readonly name: string
  /** `ping`, `sentinel|myid`. */
  readonly fullName: string
  /** Number of words in the request; negative: the minimum. */
  readonly arity: number
  readonly flags: readonly CommandFlag[]
  readonly categories: readonly AclCategory[]
  readonly tips: readonly string[]
  readonly doc: CommandDoc
  readonly run: Handler
  /** A RESP2 connection may use it while it is subscribed (protocol.md 1.1 step 6). */
  readonly worksWhileSubscribed?: boolean
  /** CLIENT PAUSE WRITE delays it (protocol.md 1.6). */
  readonly isWrite?: boolean
  /** Full name of the command that this is another name of: the ACL treats both as one. */
  readonly aliasOf?: string
  /** The channels or channel patterns that a request names, for the ACL. */
  readonly channels?: (argv: readonly string[]) => ChannelClaim
  readonly subcommands?: readonly CommandSpec[]
}

export type CommandFlag =
  'admin' | 'noscript' | 'loading' | 'stale' | 'fast' | 'no_auth' | 'allow_busy' | 'pubsub' | 'no_multi'

/** All categories, in the order of ACL CAT; most of them are empty in a sentinel. */
export const ACL_CATEGORIES = [
  'keyspace', 'read', 'write', 'set', 'sortedset', 'list', 'hash', 'string', 'bitmap', 'hyperloglog', 'geo', 'stream',
  'pubsub', 'admin', 'fast', 'slow', 'blocking', 'dangerous', 'connection', 'transaction', 'scripting',
] as const
export type AclCategory = typeof ACL_CATEGORIES[number]

/** One request on its way through a handler. */
export interface Call {
  /** As the client typed them; the first is the command name, and arity has been checked. */
  readonly argv: readonly string[]
  readonly client: Client
  readonly env: CommandEnvironment
}

export type Handler = (call: Call) => Answer

export type Answer = RespValue | Deferred | Control

/**
 * An answer that comes later, or at once if nothing has to be waited for. `start` is called once; it calls `done`
 * once, from within or later. Replies keep their order. Until then the connection runs no further request, unless the
 * answer allows it because later requests do not depend on its result.
 */
export class Deferred {
  readonly start: (done: (value: RespValue) => void) => void
  /** Executed, but the client asked for no reply. */
  readonly isMuted: boolean
  readonly letsOthersPass: boolean

  constructor(start: (done: (value: RespValue) => void) => void, { muted = false, letsOthersPass = false } = {}) {
    this.start = start
    this.isMuted = muted
    this.letsOthersPass = letsOthersPass
  }

  muted(): Deferred {
    return new Deferred(this.start, { muted: true, letsOthersPass: this.letsOthersPass })
  }
}

/** What a connection does instead of replying. */
export class Control {
  readonly action: 'stay-silent' | 'close' | 'retry-later'

  constructor(action: Control['action']) {
    this.action = action
  }
}

export const SILENCE = new Control('stay-silent')
/** Close without a reply. */
export const CLOSE = new Control('close')
/** CLIENT PAUSE holds the request back: run the same request again when it ends. */
export const RETRY_LATER = new Control('retry-later')

/** A row as it is written down; the full name follows from the place. */
export type CommandRow = Omit<CommandSpec, 'fullName' | 'tips' | 'subcommands'> & { readonly tips?: readonly string[] }

export function command(row: CommandRow, subcommands: readonly CommandRow[] = []): CommandSpec {
  const spec = { tips: [], ...row, fullName: row.name }
  if (subcommands.length === 0) return spec
  return {
    ...spec,
    subcommands: subcommands.map((sub) => ({ tips: [], ...sub, fullName: `${row.name}|${sub.name}` })),
  }
}

/** The handler of a container without its own; arity or the unknown-subcommand check always come first. */
export const CONTAINER_ONLY: Handler = () => {
  throw new Error('A container command has no handler: dispatch must have refused the request.')
}

/** Flag and category sets that many rows share, named as in protocol.md 1.2. */
export const FLAGS = Object.freeze({
  A: ['noscript', 'loading', 'stale'],
  B: ['admin', 'noscript', 'loading', 'stale'],
  C: ['loading', 'stale'],
  S: ['admin'],
  NONE: [],
} as const satisfies Record<string, readonly CommandFlag[]>)

export const CATEGORIES = Object.freeze({
  SLOW: ['slow'],
  ADMIN: ['admin', 'slow', 'dangerous'],
  CONNECTION: ['slow', 'connection'],
  ADMIN_CONNECTION: ['admin', 'slow', 'dangerous', 'connection'],
} as const satisfies Record<string, readonly AclCategory[]>)
