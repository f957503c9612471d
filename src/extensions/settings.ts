/** The settings in ts-sentinel.ini, all for features that the original does not have. Without the file they are off. */

export interface ExtensionSettings {
  /** Undefined: the HTTP server is off. */
  readonly http: HttpSettings | undefined
  readonly log: { readonly format: 'redis' | 'json' }
  readonly webhooks: readonly WebhookSettings[]
  readonly protection: ProtectionExtension
  readonly secrets: SecretsExtension
}

/** A secret text: in the settings, or where to read it. */
export type Secret = { readonly kind: 'text', readonly text: string } | OutsideSecret

/** A secret in a file of its own, or in a variable of the environment. `line`: where the settings name it. */
export type OutsideSecret =
  | { readonly kind: 'file', readonly path: string, readonly line: number }
  | { readonly kind: 'env', readonly variable: string, readonly line: number }

/** Passwords that are not in sentinel.conf; undefined where that file has them. */
export interface SecretsExtension {
  readonly requirepass: OutsideSecret | undefined
  readonly sentinelPass: OutsideSecret | undefined
  /** For every master that `authPassOf` does not name. */
  readonly authPass: OutsideSecret | undefined
  /** By the name of the master. */
  readonly authPassOf: ReadonlyMap<string, OutsideSecret>
  readonly tlsKeyFilePass: OutsideSecret | undefined
  readonly tlsClientKeyFilePass: OutsideSecret | undefined
}

export interface HttpSettings {
  /** A literal address or a host name; `*` for every address. */
  readonly host: string
  readonly port: number
  /** The token that requests must send; undefined: none. */
  readonly token: Secret | undefined
  /** The token that requests must send which act; undefined: no request can. */
  readonly actionsToken: Secret | undefined
  /** Host names by which requests may address this sentinel; `*.<domain>` and `*` match many. */
  readonly allowedHosts: readonly string[]
}

/** How failures of one master are judged; the core has the same type. */
export interface MasterProtection {
  /** Undefined: off. */
  readonly crashDetectionMs: number | undefined
  readonly emptyMaster: 'promote' | 'report' | 'off'
  readonly witnesses: boolean
  /** Undefined: five times down-after. */
  readonly witnessMaxMs: number | undefined
  /** Undefined: off. */
  readonly forgetDeadReplicasMs: number | undefined
  readonly forgetDeadSentinelsMs: number | undefined
  /** Which replicas are to be promoted; only in [master <name>]. */
  readonly placement: PlacementSettings
}

/** The core has the same types. */
export interface PlacementSettings {
  readonly preferZone: string | undefined
  readonly neverPromoteIn: readonly string[]
  /** Undefined: no limit. */
  readonly maxLagBytes: number | undefined
  readonly isLagStrict: boolean
  readonly zones: readonly ZoneOfNode[]
}

export interface ZoneOfNode {
  readonly host: string
  readonly port: number
  readonly zone: string
}

export interface ProtectionExtension {
  /** [protection]: holds for every master without a section of its own. */
  readonly general: MasterProtection
  /** [master <name>], by name, with what [protection] says where the section leaves a key out. */
  readonly masters: ReadonlyMap<string, MasterProtection>
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

export const PROTECTION_DEFAULTS: MasterProtection = Object.freeze({
  crashDetectionMs: undefined, emptyMaster: 'promote' as const, witnesses: false, witnessMaxMs: undefined,
  forgetDeadReplicasMs: undefined, forgetDeadSentinelsMs: undefined,
  placement: { preferZone: undefined, neverPromoteIn: [], maxLagBytes: undefined, isLagStrict: false, zones: [] },
})

const NO_SECRETS: SecretsExtension = Object.freeze({
  requirepass: undefined, sentinelPass: undefined, authPass: undefined, authPassOf: new Map<string, OutsideSecret>(),
  tlsKeyFilePass: undefined, tlsClientKeyFilePass: undefined,
})

/** The settings without a file, and those of every key that the file omits. */
export const DEFAULT_EXTENSIONS: ExtensionSettings = Object.freeze({
  http: undefined, log: { format: 'redis' as const }, webhooks: [],
  protection: { general: PROTECTION_DEFAULTS, masters: new Map<string, MasterProtection>() },
  secrets: NO_SECRETS,
})

export const WEBHOOK_DEFAULTS = Object.freeze({ timeoutSeconds: 5, retries: 5 })
