/** What the HTTP side may know. All of it is read; nothing here can change anything. */
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
  /** What the last save died of; undefined when the file holds what it should. */
  readonly error: string | undefined
  readonly failuresTotal: number
  readonly savesTotal: number
}

export interface ProcessFacts {
  /** The release that clients are told. */
  readonly version: string
  /** Our own. */
  readonly packageVersion: string
  readonly runId: string
  readonly processId: number
  readonly operatingSystem: string
  readonly tcpPort: number
  readonly startedAt: Now
}

export interface HttpSettings {
  /** `*` for every address. */
  readonly host: string
  readonly port: number
  readonly token: string | undefined
  /** Names that the Host header may hold besides the own ones; `*.<domain>` and `*` stand for many. */
  readonly allowedHosts: readonly string[]
}
