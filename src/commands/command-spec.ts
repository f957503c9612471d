import type { ChannelClaim } from '../acl/index.ts'
import type { RespValue } from '../resp/index.ts'
import type { Client } from './client.ts'
import type { CommandDoc } from './command-doc.ts'
import type { CommandEnvironment } from './environment.ts'

/** A command as data. Dispatch, COMMAND and the ACL use the same row (protocol.md 1.2). */
export interface CommandSpec {
  /** Lower case; for a subcommand its own word only. */
  readonly name: string
  /** `ping` for a command, `sentinel|myid` for a subcommand. */
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
  /** Full name of the command of which this is an alias: the ACL treats both as one. */
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

/** One request that a handler runs. */
export interface Call {
  /** The words as the client sent them; the first is the command name, and arity has been checked. */
  readonly argv: readonly string[]
  readonly client: Client
  readonly env: CommandEnvironment
}

/** What commands need that only submit operations: HTTP actions run them, too. */
export interface OrderCall {
  readonly argv: readonly string[]
  readonly env: Pick<CommandEnvironment, 'operator'>
}

export type Handler = (call: Call) => Answer

export type Answer = RespValue | Deferred | Control

/**
 * An answer that may be complete only later. `start` is called once; it calls `done` once, before it returns or later.
 * Replies keep their order. Until then the connection runs no further request, unless the answer allows it because
 * later requests do not depend on its result.
 */
export class Deferred {
  readonly start: (done: (value: RespValue) => void) => void
  /** The command ran, but the client asked for no reply. */
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

/** An action of the connection instead of a reply. */
export class Control {
  readonly action: 'stay-silent' | 'close' | 'retry-later'

  constructor(action: Control['action']) {
    this.action = action
  }
}

export const SILENCE = new Control('stay-silent')
/** Close the connection without a reply. */
export const CLOSE = new Control('close')
/** CLIENT PAUSE delays the request: run it again when the pause ends. */
export const RETRY_LATER = new Control('retry-later')

/** A row of a table. Its full name is built from the names of its container and itself. */
export type CommandRow = Omit<CommandSpec, 'fullName' | 'tips' | 'subcommands'> & { readonly tips?: readonly string[] }

export function command(row: CommandRow, subcommands: readonly CommandRow[] = []): CommandSpec {
  const spec = { tips: [], ...row, fullName: row.name }
  if (subcommands.length === 0) return spec
  return {
    ...spec,
    subcommands: subcommands.map((sub) => ({ tips: [], ...sub, fullName: `${row.name}|${sub.name}` })),
  }
}

/** The handler of a container without its own. It never runs: the check of arity or of the subcommand comes first. */
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
