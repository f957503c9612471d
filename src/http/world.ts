/** What HTTP can read of the sentinel. Nothing here can change anything. */
import type { Now, SentinelView } from '../core/index.ts'
import type { Journal } from '../events/index.ts'
import type { EventSource, Logger, Operator, ScriptRunner, WebhookState } from '../ports/index.ts'

export interface HttpWorld {
  readonly view: SentinelView
  readonly operator: Pick<Operator, 'whenDurable'>
  readonly events: EventSource
  readonly journal: Pick<Journal, 'failovers'>
  readonly scripts: Pick<ScriptRunner, 'pending'>
  readonly webhooks: () => readonly WebhookState[]
  readonly saves: () => SaveFacts
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

export interface ProcessFacts {
  /** The Redis release that clients see. */
  readonly version: string
  /** The release of ts-sentinel. */
  readonly packageVersion: string
  readonly runId: string
  readonly processId: number
  readonly operatingSystem: string
  readonly tcpPort: number
  readonly startedAt: Now
}

export interface HttpSettings {
  /** The address to listen on; `*` for every address. */
  readonly host: string
  readonly port: number
  readonly token: string | undefined
  /**
   * Names that the Host header may have besides those of the sentinel itself. `*.<domain>` and `*` match many names.
   */
  readonly allowedHosts: readonly string[]
}
