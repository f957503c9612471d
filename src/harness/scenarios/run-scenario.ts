import { startDeployment, type Deployment } from '../deployment.ts'
import { messageOf } from '../eventually.ts'
import { countFailovers, failoverProblem, failoverTimes, rangeOf, type ExpectedFailovers } from '../failover-times.ts'
import type { DeploymentOptions } from '../options.ts'
import { plainWriter } from '../plain-writer.ts'
import { clock, type TimelineEntry } from '../timeline.ts'
import type { Writer } from '../writer.ts'
import { SCENARIOS } from './catalogue.ts'
import {
  NO_TIMES, NO_WRITES, serverVersion, type Scenario, type ScenarioFault, type ScenarioResult, type ScenarioSetup,
} from './scenario.ts'
import { writeFigures, type VerifiedWriter } from './write-figures.ts'

/** Default time limit for the recovery of a deployment. */
const SETTLE_MS = 60_000

/** How to run a scenario. */
export interface ScenarioOptions {
  /**
   * The deployment; the scenario adds what it needs. Default: one master, two replicas, three sentinels of ours. With a
   * `proxy` the clients write through it, and know nothing of Sentinel.
   */
  readonly deployment?: DeploymentOptions
  /** Time limit for the recovery of the deployment after each step, in milliseconds. Default 60000. */
  readonly settleMs?: number
  /** Starts the application under test, before the fault. Default: only the writers of the harness are clients. */
  readonly application?: (deployment: Deployment) => Promise<ScenarioApplication>
}

/** An application that runs during a scenario. */
export interface ScenarioApplication {
  /**
   * Called when the deployment has recovered: ends the application.
   *
   * @param faultAt time of the fault, in milliseconds since 1970
   * @returns what went wrong in it; undefined when nothing did
   */
  finish(faultAt: number): Promise<string | undefined>
  /** Called at the end in any case: leaves no process behind. */
  close(): Promise<void>
}

/** The scenario with this name. @throws Error that lists all names */
export function findScenario(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name)
  if (found !== undefined) return found
  throw new Error(`the scenario ${name} does not exist; the scenarios are ${SCENARIOS.map((scenario) => scenario.name).join(', ')}`)
}

/** Why clients cannot write through the proxy of the deployment in this scenario; undefined when they can. */
export function proxyProblem({ name, deployment }: Scenario): string | undefined {
  const masters = deployment?.masters?.length ?? 1
  return masters === 1 ? undefined : `a proxy leads to one master, and ${name} has ${masters}`
}

/**
 * Runs a scenario on a deployment of its own, with a client that writes all the time, and returns a report. A
 * deployment that does not recover is a result with the verdict `failed`, not an exception.
 *
 * @throws Error when the deployment cannot be started, for example because redis-server is not installed
 */
export async function runScenario(scenario: string | Scenario, options: ScenarioOptions = {}): Promise<ScenarioResult> {
  const played = typeof scenario === 'string' ? findScenario(scenario) : scenario
  const startedAt = clock()
  const isProxied = (options.deployment?.proxy ?? false) !== false
  const problem = played.unavailable?.() ?? (isProxied ? proxyProblem(played) : undefined)
  if (problem !== undefined) {
    return {
      scenario: played.name, title: played.title, verdict: 'skipped', problem, sentinels: '', startedAt, durationMs: 0,
      times: NO_TIMES, failovers: 0, writes: NO_WRITES, agree: false, timeline: [],
    }
  }
  const deployment = await startDeployment(merged(options.deployment ?? {}, played.deployment ?? {}))
  try {
    return await play(played, deployment, options)
  } finally {
    await deployment.stop()
  }
}

/** Configuration lines of both are used; for any other option that both set, the scenario decides. */
function merged(wanted: DeploymentOptions, needed: DeploymentOptions): DeploymentOptions {
  return {
    folderPrefix: 'ts-sentinel-scenario',
    ...wanted,
    ...needed,
    redisConfig: [...wanted.redisConfig ?? [], ...needed.redisConfig ?? []],
    sentinelConfig: [...wanted.sentinelConfig ?? [], ...needed.sentinelConfig ?? []],
  }
}

async function play(scenario: Scenario, deployment: Deployment, options: ScenarioOptions): Promise<ScenarioResult> {
  const { settleMs = SETTLE_MS } = options
  const startedAt = clock()
  const from = deployment.timeline.position
  const setup = await setupOf(deployment)
  const writers = new Map<string, Writer>()
  const problems: string[] = []
  let fault: ScenarioFault | undefined
  let verified: readonly VerifiedWriter[] = []
  let agree = false
  let application: ScenarioApplication | undefined
  try {
    for (const { name } of deployment.groups) {
      const through = deployment.proxy === undefined ? {} : plainWriter(deployment.connection('proxy', { masterName: name }))
      writers.set(name, await deployment.startWriter({ masterName: name, ...through }))
    }
    application = await options.application?.(deployment)
    fault = await scenario.run({ deployment, settleMs })
    // Checked separately: the end of a scenario does not prove that the sentinels agree.
    for (const { name } of deployment.groups) {
      await deployment.waitUntilSettled({ masterName: name, timeoutMs: settleMs })
    }
    agree = true
    const settledAt = clock()
    for (const writer of writers.values()) await writer.nextAcknowledged(settleMs)
    const wrong = await application?.finish(fault.at)
    if (wrong !== undefined) problems.push(wrong)
    verified = await verify(deployment, writers)
    problems.push(...writeProblems(verified, settledAt))
  } catch (error) {
    problems.push(messageOf(error))
  } finally {
    await application?.close()
  }
  const timeline = deployment.timeline.all({ after: from })
  const expected = expectedFailovers(scenario)
  // A scenario that did not finish may lack a failover, which is not a further problem.
  const judged = expected && { ...expected, least: agree ? expected.least : 0 }
  problems.push(...timelineProblems(deployment, timeline, judged))
  return {
    scenario: scenario.name,
    title: scenario.title,
    verdict: problems.length === 0 ? 'passed' : 'failed',
    ...(problems.length > 0 && { problem: problems.join('; ') }),
    setup,
    sentinels: deployment.sentinels.map(({ kind }) => kind).join(', '),
    startedAt,
    durationMs: clock() - startedAt,
    ...(fault !== undefined && { faultAt: fault.at }),
    times: fault === undefined ? NO_TIMES : failoverTimes(deployment.timeline, fault, deployment.group.name),
    failovers: countFailovers(timeline),
    ...(expected !== undefined && { expectedFailovers: expected }),
    writes: writeFigures(writers, verified),
    agree,
    processes: [...deployment.nodes, ...deployment.sentinels].map(({ name }) => name),
    timeline,
  }
}

async function setupOf({ group: { plan, nodes }, sentinels, proxy }: Deployment): Promise<ScenarioSetup> {
  const { quorum, downAfterMs, failoverTimeoutMs } = plan
  const server = String(await nodes[0]?.call(['INFO', 'server']))
  return {
    redisVersion: serverVersion(server), sentinels: sentinels.length, replicas: nodes.length - 1,
    quorum, downAfterMs, failoverTimeoutMs,
    ...(proxy !== undefined && { proxy: { address: proxy.address, mode: proxy.mode } }),
  }
}

/** Problems of the writes, found after all data were read back. */
function writeProblems(verified: readonly VerifiedWriter[], settledAt: number): string[] {
  const problems: string[] = []
  const late = verified.reduce((sum, { writer, report }) => sum + lostAfter(writer, report.lost, settledAt), 0)
  if (late > 0) problems.push(`writes that were acknowledged after the recovery and are lost: ${late}`)
  const silent = verified.filter(({ report }) => !report.recovered).length
  if (silent > 0) problems.push(`${silent} of ${verified.length} clients did not write again after the last fault`)
  return problems
}

/** Problems in the events of the sentinels. */
function timelineProblems(
  deployment: Deployment, timeline: readonly TimelineEntry[], expected: ExpectedFailovers | undefined,
): string[] {
  const problems: string[] = []
  const { dropped } = deployment.timeline
  if (dropped > 0) problems.push(`${dropped} events were dropped because the sentinels published too many: the figures may be wrong`)
  const failovers = expected === undefined ? undefined : failoverProblem(timeline, expected)
  if (failovers !== undefined) problems.push(failovers)
  return problems
}

function expectedFailovers({ expectFailovers }: Scenario): ExpectedFailovers | undefined {
  return expectFailovers === undefined ? undefined : rangeOf(expectFailovers)
}

async function verify(deployment: Deployment, writers: ReadonlyMap<string, Writer>): Promise<VerifiedWriter[]> {
  const verified: VerifiedWriter[] = []
  for (const [name, writer] of writers) {
    verified.push({ writer, report: await writer.verify(await deployment.currentMaster(name)) })
  }
  return verified
}

function lostAfter(writer: Writer, lost: readonly number[], at: number): number {
  const values = new Set(lost)
  return writer.acknowledged.filter((write) => write.at > at && values.has(write.value)).length
}
