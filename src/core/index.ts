/** The entry point of the core: what other modules may use of it. */
export type { Effect } from './effect.ts'
export { waitsForSave } from './effect.ts'
export type {
  AbortEventName, CoreEventName, EventCatalogue, EventName, EventOf, MasterSubject, Note, ReplicaSubject,
  ScriptEventName, SentinelEvent, SentinelSubject, Subject,
} from './event.ts'
export type { DisconnectCause, Input } from './input.ts'
export type {
  GlobalChange, Operation, OperationError, OperationResult, SetChange, SimulatedFailure, TunableChange,
} from './operation.ts'
export { majorityOf } from './state/majority.ts'
export { globMatch } from './glob.ts'
export { leadingUnsigned } from './bounded-integer.ts'
export { canonicalIp } from './ip.ts'
export { EPOCH_FREE_MAX, HELLO_CHARS_MAX, MASTERS_MAX, RUN_ID_CHARS_MAX } from './limits.ts'
export { type Tunable, TUNABLES } from './tunables.ts'
export type { Reply } from './reply.ts'
export { Sentinel, type SentinelMemory, type SentinelOptions } from './sentinel.ts'
export type { Request } from './request.ts'
export {
  INITIAL_GLOBALS, initialDurable, type DurableAddress, type DurableMaster, type DurableState, type Globals,
} from './state/durable.ts'
export {
  initialSettings, namesOf, SECRET_NAMES, SETTINGS, shownFields, type MasterSettings, type Setting, type SettingChange,
  type ShownSettings,
} from './state/settings.ts'
export { NO_OWN_STATE, type OwnState } from './state/own-state.ts'
export type { CommandRename, SettingRow } from './state/setting-row.ts'
export {
  DEFAULT_PROTECTION, protectionOfAll, type Protection, type ProtectionSettings,
} from './state/protection.ts'
export type { Endpoint } from './state/address.ts'
export type { ConnectionId, Epoch, OperationId, RecordId } from './state/ids.ts'
export type { Millis, Now } from './time.ts'
export type {
  CrashView, Exclusion, FailoverAtWork, FailureView, LostElectionView, MasterExplanation, Obstacle, Problem,
  RefusalView,
  ReplicaExplanation, SelectionView,
  SentinelExplanation, Standing, VoteCount,
} from './view/explanation.ts'
export { isOlderRelease } from './view/problems.ts'
export { explainExclusion, standingAt } from './view/explain-replicas.ts'
export {
  brokenRule, compareReplicas, selectionLimits, type Precedence, type SelectionFacts,
} from './failover/selection.ts'
export type { Ineligible, LastResort } from './state/verdict.ts'
export type {
  ClientAddress, DataNodeView, InfoCacheEntry, InstanceView, MasterView, PeerView, ReplicaView,
  SentinelSummary, SentinelView,
} from './view/view.ts'
export type { QuorumCheck } from './detection/quorum.ts'
