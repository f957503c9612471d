import type { Epoch } from './state/ids.ts'
import type { SettingChange } from './state/settings.ts'
import type { Tunable } from './tunables.ts'

/** Failures that SENTINEL SIMULATE-FAILURE can arm (behaviour.md 12). */
export interface SimulatedFailure {
  readonly crashAfterElection: boolean
  readonly crashAfterPromotion: boolean
}

/**
 * One option of SENTINEL SET, already validated by the command (protocol.md 2.11). `option` keeps the case of the
 * request.
 */
export type SetChange = { readonly option: string } & SettingChange

/** One option of SENTINEL CONFIG SET, already validated (protocol.md 2.12). */
export type GlobalChange =
  | { readonly kind: 'announce-ip', readonly host: string | undefined }
  | { readonly kind: 'announce-port', readonly port: number }
  | { readonly kind: 'resolve-hostnames', readonly on: boolean }
  | { readonly kind: 'announce-hostnames', readonly on: boolean }
  | { readonly kind: 'sentinel-user', readonly user: string | undefined }
  | { readonly kind: 'sentinel-pass', readonly secret: string | undefined }

/** One request of an operator or a peer to the core. All requests that may change state are operations. */
export type Operation =
  | { readonly kind: 'hello', readonly payload: string }
  | { readonly kind: 'is-master-down', readonly host: string, readonly port: number, readonly epoch: Epoch, readonly candidate: string }
  | { readonly kind: 'monitor', readonly name: string, readonly host: string, readonly port: number, readonly quorum: number }
  | { readonly kind: 'remove', readonly name: string }
  | { readonly kind: 'reset', readonly pattern: string }
  | { readonly kind: 'failover', readonly name: string }
  | { readonly kind: 'set', readonly name: string, readonly changes: readonly SetChange[] }
  | { readonly kind: 'set-globals', readonly changes: readonly GlobalChange[] }
  | { readonly kind: 'set-tunables', readonly changes: readonly TunableChange[] }
  | { readonly kind: 'simulate-failure', readonly failure: SimulatedFailure }
  | { readonly kind: 'save' }

/** One option of SENTINEL DEBUG, in milliseconds, above 0 (behaviour.md 14). */
export interface TunableChange { readonly tunable: Tunable, readonly ms: number }

/** Why an operation was refused. The command turns the code into the wire text (protocol.md 2). */
export type OperationError =
  | 'no-such-master'
  | 'unresolvable-address'
  | 'invalid-port'
  | 'duplicate-master'
  | 'too-many-masters'
  | 'failover-in-progress'
  | 'no-good-replica'
  | 'names-in-use'

/** The core's answer. It is sent after the save that the operation needs. */
export type OperationResult =
  | { readonly kind: 'ok' }
  | { readonly kind: 'refused', readonly error: OperationError }
  | { readonly kind: 'reset', readonly count: number }
  /** `leader` is undefined where the wire shows `*`. */
  | { readonly kind: 'master-down', readonly down: boolean, readonly leader: string | undefined, readonly epoch: Epoch }
