/** The settings in ts-sentinel.ini, all for features that the original does not have. Without the file they are off. */

export interface ExtensionSettings {
  /** Undefined: the HTTP server is off. */
  readonly http: HttpSettings | undefined
  readonly log: { readonly format: 'redis' | 'json' }
  readonly webhooks: readonly WebhookSettings[]
}

/** A secret text, either in the settings or in a file of its own. */
export type Secret =
  | { readonly kind: 'text', readonly text: string }
  | { readonly kind: 'file', readonly path: string, readonly line: number }

export interface HttpSettings {
  /** A literal address or a host name; `*` for every address. */
  readonly host: string
  readonly port: number
  /** The token that requests must send; undefined: none. */
  readonly token: Secret | undefined
  /** Host names by which requests may address this sentinel; `*.<domain>` and `*` match many. */
  readonly allowedHosts: readonly string[]
}

export interface WebhookSettings {
  readonly name: string
  readonly url: string
  /** Patterns of event names, at least one. */
  readonly events: readonly string[]
  /** The key that signs requests; undefined: requests are not signed. */
  readonly secret: Secret | undefined
  /** Time limit of one attempt. */
  readonly timeoutMs: number
  /** Further attempts after a failed first one. */
  readonly retries: number
}

/** The settings without a file, and those of every key that the file omits. */
export const DEFAULT_EXTENSIONS: ExtensionSettings = Object.freeze({
  http: undefined, log: { format: 'redis' as const }, webhooks: [],
})

export const WEBHOOK_DEFAULTS = Object.freeze({ timeoutSeconds: 5, retries: 5 })
