/** The entry point of the core: what other modules may use of it. */
export type { Effect } from './effect.ts'
export { waitsForSave } from './effect.ts'
export type {
  AbortEventName, CoreEventName, EventCatalogue, EventName, EventOf, HandoverEnd, MasterSubject, Note, ReplicaSubject,
  ScriptEventName, SentinelEvent, SentinelSubject, Subject, TiltCause,
} from './event.ts'
export type { DisconnectCause, Input } from './input.ts'
export type {
  CoordinatedOrder, ForgetRefusal, ForgetTarget, GlobalChange, HandoverRefusal, MasterChange,
  Operation, OperationError, OperationResult, PauseCount, ReloadOperation, SetChange, SimulatedFailure, SkippedChange,
  TunableChange,
} from './operation.ts'
export { majorityOf } from './state/majority.ts'
export { globMatch } from './glob.ts'
export { leadingUnsigned } from './bounded-integer.ts'
export { canonicalIp } from './ip.ts'
export {
  EPOCH_FREE_MAX, FORGET_MAX_MS, FORGET_MS, HELLO_CHARS_MAX, MASTERS_MAX, PAUSE_MAX_MS, RUN_ID_CHARS_MAX,
} from './limits.ts'
export { type Tunable, TUNABLES } from './tunables.ts'
export type { Reply } from './reply.ts'
export { Sentinel, type SentinelMemory, type SentinelOptions } from './sentinel.ts'
export type { HandoverStep, Request } from './request.ts'
export type { HandoverObstacle } from './state/ineligible.ts'
export {
  INITIAL_GLOBALS, initialDurable, type DurableAddress, type DurableMaster, type DurableState, type Globals,
} from './state/durable.ts'
export {
  initialSettings, namesOf, SECRET_NAMES, SETTINGS, shownFields, type MasterSettings, type Setting, type SettingChange,
  type ShownSettings,
} from './state/settings.ts'
export type { OutsidePasswords } from './state/outside-passwords.ts'
export type { Forgotten, KeptTombstone } from './state/forgotten.ts'
export { NO_OWN_STATE, type OwnState } from './state/own-state.ts'
export type { KeptVoters } from './state/voters.ts'
export type { KeptSchedule } from './state/planned.ts'
export { PAUSE_QUESTION, readOrderNotice, type KeptPause } from './state/pause.ts'
export type { CommandRename, SettingRow } from './state/setting-row.ts'
export {
  DEFAULT_PROTECTION, protectionOfAll, type Protection, type ProtectionSettings,
} from './state/protection.ts'
export { NO_PLACEMENT, type Placement, type ZoneOfNode } from './state/placement.ts'
export type { Endpoint } from './state/address.ts'
export type { ConnectionId, Epoch, OperationId, RecordId } from './state/ids.ts'
export type { Millis, Now } from './time.ts'
export type {
  CrashView, Exclusion, FailoverAtWork, FailureView, LagView, LostElectionView, MasterExplanation, NodeExplanation,
  Obstacle, Problem,
  RefusalView,
  ReplicaExplanation, SelectionView,
  SentinelExplanation, Standing, VoteCount,
} from './view/explanation.ts'
export type { ForgottenView } from './view/forgotten-view.ts'
export type { OwnFacts } from './view/own-facts.ts'
export { isOlderRelease } from './server-release.ts'
export { explainExclusion, standingAt } from './view/explain-replicas.ts'
export {
  brokenRule, compareReplicas, selectionLimits, type Precedence, type SelectionFacts,
} from './failover/selection.ts'
export type { Ineligible, LastResort } from './state/verdict.ts'
export type { ScheduleView } from './view/schedule-view.ts'
export type { PauseView } from './view/pause-view.ts'
export type {
  ClientAddress, DataNodeView, InfoCacheEntry, InstanceView, MasterView, PeerView, ReplicaView,
  SentinelSummary, SentinelView,
} from './view/view.ts'
export type { QuorumCheck } from './detection/quorum.ts'
