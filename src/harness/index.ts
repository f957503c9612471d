/**
 * A harness for failover tests: deployments of real redis-server and sentinel processes, faults, and a record of their
 * effects. Plain functions for any test library; for vitest there are fixtures in `ts-sentinel/harness/vitest`.
 *
 * ```ts
 * await withDeployment({ replicas: 2, sentinels: 3 }, async (deployment) => {
 *   const writer = await deployment.startWriter()
 *   const fault = await killMaster(deployment)
 *   const { master } = await deployment.waitUntilSettled({ awayFrom: fault.node.address })
 *   console.log(formatWriterReport(await writer.verify(master, { requireRecovery: true })))
 *   console.log(failoverTimes(deployment.timeline, fault))
 * })
 * ```
 *
 * Every process runs in a temporary folder and is killed when the test process ends, in whatever way. `redis-server`
 * must be installed. Every wait has a deadline; its error names what was last seen.
 */
export type { ActiveFault } from './active-fault.ts'
export { formatAddress, sameAddress, type Address } from './address.ts'
export type { ServerSource } from './build-server.ts'
export { watchAncestors, type WatchMode } from './ancestor-watch.ts'
export {
  CertificateAuthority, encryptKey, type CertificateFiles, type IssueOptions, type TlsEndpoint,
  type ValidityOptions,
} from './certificates.ts'
export type {
  Connections, ConnectionVariables, IoredisConnection, NodeRedisClient, NodeRedisConnection, ProxyConnection, TlsText,
} from './client-connection.ts'
export type { Command } from './command.ts'
export { readSentinelFile, type SentinelFileFacts } from './config-files.ts'
export { CommandConnection, pairs, type Endpoint, type Reply } from './connection.ts'
export {
  applicationEnvironment, type ApplicationEnvironment, type ControlAccess,
} from './control/application-environment.ts'
export {
  ApplicationProcess, CommandNotStartedError, exitStatus, type ApplicationCommand,
} from './control/application-process.ts'
export { ControlError, type ErrorDocument } from './control/control-error.ts'
export { ControlService } from './control/control-service.ts'
export { HttpControl } from './control/http-control.ts'
export { serveJsonLines } from './control/json-lines.ts'
export { startDeployment, Deployment, type MasterGroup } from './deployment.ts'
export { deploymentFixture, type DeploymentFixtureOptions, type Hook } from './deployment-fixture.ts'
export type { DeploymentTls } from './deployment-tls.ts'
export {
  eventually, GaveUpError, messageOf, notYet, within, NotYetError, TimedOutError, type EventuallyOptions,
} from './eventually.ts'
export {
  countFailovers, failoverProblem, failoverTimes, type ExpectedFailovers, type FailoverTimes, type FaultTime,
} from './failover-times.ts'
export {
  demoteMaster, isolateMaster, killMaster, orderFailover, pauseMaster, pointReplicaTo, type Fault, type FaultPoint,
} from './faults.ts'
export { failureReport, type FailureReportOptions } from './failure-report.ts'
export { Bandwidth, type FlowRule } from './flow.ts'
export type { FormedOptions } from './formed.ts'
export { expireCertificate } from './faults/certificates.ts'
export { clockJump, type ClockOptions } from './faults/clock.ts'
export { ControlledClock, type ClockShift } from './faults/controlled-clock.ts'
export { fullResync, seed, type SeedOptions } from './faults/dataset.ts'
export type { MarkedFault } from './faults/deployment-fault.ts'
export { diskFull, slowDisk } from './faults/disk.ts'
export { killAll, outage, stopAll, type OutageOptions, type TimedFault } from './faults/outage.ts'
export { relaysOf } from './faults/relays-of.ts'
export { rotatePassword, type RotationOptions } from './faults/passwords.ts'
export { vanish, type VanishOptions } from './faults/vanish.ts'
export { installCommand } from './find-program.ts'
export { claimPort, type ClaimedPort } from './free-ports.ts'
export { ManagedProcess, type Exit, type ProcessChange } from './managed-process.ts'
export { CLIENT, Network, type Directions } from './network.ts'
export type { NodeProcess } from './node-process.ts'
export { defaultDownAfterMs, GENUINE_FLOOR_MS } from './options.ts'
export type {
  DeploymentOptions, MasterOptions, MasterPlan, ModuleFile, NodeOptions, Persistence, ProxyOptions, SentinelOptions,
} from './options.ts'
export { genuineSentinel, ourSentinel, sentinelProgram } from './programs.ts'
export type { ProgramPaths, SentinelKind, SentinelProgram } from './programs.ts'
export { plainWriter } from './plain-writer.ts'
export { ProxyProcess, type ProxyMode } from './proxy-process.ts'
export { RedisProcess, type ReplicationFacts } from './redis-process.ts'
export { Relay } from './relay.ts'
export { RequirementError, unmetRequirement } from './requirement.ts'
export { Resolver, type LookupCallback, type LookupFailure } from './resolver.ts'
export { SCENARIOS } from './scenarios/catalogue.ts'
export {
  findScenario, proxyProblem, runScenario, type ScenarioApplication, type ScenarioOptions,
} from './scenarios/run-scenario.ts'
export {
  NO_TIMES, NO_WRITES, serverVersion,
  type Scenario, type ScenarioFault, type ScenarioProxy, type ScenarioResult, type ScenarioSetup, type ScenarioStage,
  type WriteFigures,
} from './scenarios/scenario.ts'
export { writeFigures, type VerifiedWriter } from './scenarios/write-figures.ts'
export { SentinelProcess } from './sentinel-process.ts'
export type { ServerPath, ServerProgram } from './server-program.ts'
export type { ServerRelease } from './server-release.ts'
export type { SettledState } from './settled.ts'
export type { StoryOptions } from './story.ts'
export { classOf, lanesOf, type Absence, type EntryClass, type Lane } from './lanes.ts'
export { clock, Timeline, type TimelineEntry, type TimelineMatch } from './timeline.ts'
export { OptionsError, validateOptions } from './validate-options.ts'
export { NO_LIMIT, type WaitLimit } from './wait-limit.ts'
export { WatchedFleet, type WatchOptions } from './watched-fleet.ts'
export { DeploymentError, withDeployment } from './with-deployment.ts'
export { Workspace } from './workspace.ts'
export { startWriter } from './writer.ts'
export { VerificationError, type Outage, type VerifyOptions } from './writer-account.ts'
export type { Writer } from './writer.ts'
export type {
  Acknowledged, VerifiedReport, WriteAnswer, WriterClient, WriterOptions, WriterReport,
} from './writer-types.ts'
export { sentinelWriterClient } from './writer-client.ts'
export { formatWriterReport } from './writer-report.ts'
