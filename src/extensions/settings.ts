/** What ts-sentinel.ini can say: everything that the original does not have. Without the file nothing of it is on. */

export interface ExtensionSettings {
  /** Undefined: nothing listens. */
  readonly http: HttpSettings | undefined
  readonly log: { readonly format: 'redis' | 'json' }
  readonly webhooks: readonly WebhookSettings[]
}

/** A text that nobody else should read: in the settings, or in a file of its own. */
export type Secret =
  | { readonly kind: 'text', readonly text: string }
  | { readonly kind: 'file', readonly path: string, readonly line: number }

export interface HttpSettings {
  /** A literal address or a name; `*` for every address. */
  readonly host: string
  readonly port: number
  /** What requests must carry; undefined: nothing. */
  readonly token: Secret | undefined
  /** Names that requests may call this sentinel by; `*.<domain>` and `*` stand for many. */
  readonly allowedHosts: readonly string[]
}

export interface WebhookSettings {
  readonly name: string
  readonly url: string
  /** Patterns of event names, at least one. */
  readonly events: readonly string[]
  /** Signs each request; undefined: requests are not signed. */
  readonly secret: Secret | undefined
  /** For one attempt. */
  readonly timeoutMs: number
  /** Attempts after the first one that failed. */
  readonly retries: number
}

/** What holds without a file, and for every key that the file leaves out. */
export const DEFAULT_EXTENSIONS: ExtensionSettings = Object.freeze({
  http: undefined, log: { format: 'redis' as const }, webhooks: [],
})

export const WEBHOOK_DEFAULTS = Object.freeze({ timeoutSeconds: 5, retries: 5 })
