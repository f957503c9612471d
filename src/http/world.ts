/** What HTTP can read of the sentinel, and the orders of operators, which are its only changes. */
import type { Now, SentinelView } from '../core/index.ts'
import type { Journal } from '../events/index.ts'
import type { EventSource, EventStore, Logger, Operator, ScriptRunner, SentinelAsker, WebhookState } from '../ports/index.ts'

export interface HttpWorld {
  readonly view: SentinelView
  readonly operator: Pick<Operator, 'whenDurable'>
  readonly events: EventSource
  /** Keeps what `/events` shows over restarts. */
  readonly eventStore: EventStore
  readonly journal: Pick<Journal, 'failovers'>
  /** For questions to the other sentinels. */
  readonly asker: Pick<SentinelAsker, 'ask'>
  /** Runs SENTINEL with this subcommand, with the checks that clients get. */
  readonly order: (name: OrderName, words: readonly string[]) => Promise<OrderResult>
  readonly scripts: Pick<ScriptRunner, 'pending'>
  readonly webhooks: () => readonly WebhookState[]
  readonly saves: () => SaveFacts
  /** Writes of the file of remembered state. */
  readonly keeps: () => KeepFacts
  readonly lookups: LookupFacts
  readonly facts: ProcessFacts
  readonly connectedClients: () => number
  readonly now: () => Now
  readonly logger: Logger
}

export interface SaveFacts {
  /** Why the last save failed; undefined when the file is up to date. */
  readonly error: string | undefined
  readonly failuresTotal: number
  readonly savesTotal: number
}

export interface KeepFacts {
  /** Why the last write failed; undefined when it did not. */
  readonly error: string | undefined
  readonly failuresTotal: number
  readonly writesTotal: number
}

/** Lookups of host names. */
export interface LookupFacts {
  /** Number of names whose last lookup failed. */
  readonly failing: number
  readonly failuresTotal: number
  readonly lookupsTotal: number
}

export interface ProcessFacts {
  /** The Redis release that clients see. */
  readonly version: string
  /** The release of ts-sentinel. */
  readonly packageVersion: string
  readonly runId: string
  readonly processId: number
  readonly operatingSystem: string
  readonly tcpPort: number
  /** Options of redis-cli for the TLS of this sentinel; commands of remedies have them. */
  readonly redisCliTls: () => readonly string[]
  /** Where HTTP listens, as `host:port`, `*` for every address; undefined when it does not. */
  readonly http: string | undefined
  readonly startedAt: Now
}

export interface HttpSettings {
  /** The address to listen on; `*` for every address. */
  readonly host: string
  readonly port: number
  readonly token: string | undefined
  /** What requests must carry that act; undefined: none can. It allows reading, too. */
  readonly actionsToken: string | undefined
  /**
   * Names that the Host header may have besides those of the sentinel itself. `*.<domain>` and `*` match many names.
   */
  readonly allowedHosts: readonly string[]
}

export type OrderName = 'failover' | 'forget' | 'pause' | 'resume'

export interface OrderResult {
  readonly isDone: boolean
  /** What the command answered. */
  readonly text: string
}
