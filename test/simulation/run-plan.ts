/** One whole run: chaos, then healing, then the bound within which everything must be at rest again. */
import {
  apply, checkEverything, Cluster, healAll, isAtRest, unrest, WriteHistory, Writer, type Violation,
} from '../simulator/index.ts'
import { drill } from './drill.ts'
import type { Plan } from './plan.ts'
import { forgetLeftovers, promoteByHand, reunite, watchAgain } from './watch-again.ts'

export interface RunResult {
  readonly seed: number
  readonly violations: readonly Violation[]
  readonly simulatedMs: number
  /** From the end of all faults to rest; undefined when rest was not reached. */
  readonly healedInMs: number | undefined
  readonly failovers: number
  readonly acknowledgedWrites: number
  readonly lostWrites: number
  readonly digest: string
  readonly trace: () => string
}

export interface RunOptions {
  readonly isDetailed?: boolean
}

export async function runPlan(plan: Plan, options: RunOptions = {}): Promise<RunResult> {
  const cluster = new Cluster({ ...plan.cluster, isDetailed: options.isDetailed ?? false })
  const violations: Violation[] = []
  const { violations: watched } = checkEverything(cluster)
  const history = new WriteHistory(cluster)
  cluster.observers.add(history)
  restartAfterExit(cluster)
  const writers = plan.writers.map(({ group, everyMs }, at) => new Writer(cluster, {
    name: `w${at + 1}`, ip: `10.0.9.${at + 1}`, group, everyMs, firstId: at * 1_000_000_000,
  }))
  for (const { atMs, fault } of plan.faults) cluster.queue.at(atMs * 1000, () => { apply(cluster, fault) })
  let healedInMs: number | undefined
  try {
    await cluster.runFor(plan.chaosMs)
    healAll(cluster)
    healedInMs = await settle(cluster, plan)
    if (healedInMs !== undefined) {
      for (const text of await drill(cluster, plan)) {
        violations.push({ atMs: cluster.nowMs, invariant: 'a dead master is replaced in time', text })
      }
    }
  } catch (error) {
    violations.push({ atMs: cluster.nowMs, invariant: 'a sentinel never breaks', text: describeError(error) })
  }
  for (const writer of writers) writer.stop()
  if (healedInMs === undefined && violations.length === 0) {
    violations.push({ atMs: cluster.nowMs, invariant: 'everything is at rest in time', text: unrest(cluster, restOptions(plan)).join('; ') })
  }
  const verdicts = plan.writers.map(({ group }, at) => history.judge(group, writers[at]?.acknowledged ?? []))
  if (healedInMs !== undefined) {
    for (const text of verdicts.flatMap(({ problems }) => problems)) {
      violations.push({ atMs: cluster.nowMs, invariant: 'only a deposed master loses writes', text })
    }
  }
  return {
    seed: plan.seed,
    violations: [...watched, ...violations],
    simulatedMs: cluster.nowMs,
    healedInMs,
    failovers: cluster.trace.lines.filter(({ event }) => event?.name === '+promoted-slave').length,
    acknowledgedWrites: writers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0),
    lostWrites: verdicts.reduce((sum, { lost }) => sum + lost, 0),
    digest: cluster.trace.digest,
    trace: () => cluster.trace.text(),
  }
}

/** A process that left by itself is started again by its supervisor. */
function restartAfterExit(cluster: Cluster): void {
  cluster.observers.add({
    ended: (sentinel, status) => {
      if (status !== undefined) cluster.queue.after(RESTART_AFTER_MS * 1000, () => { sentinel.start() })
    },
  })
}

const RESTART_AFTER_MS = 1000

function restOptions(plan: Plan): { hasForgotten: boolean, hasForgottenReplicas: boolean } {
  return {
    hasForgottenReplicas: plan.faults.some(({ fault }) => (
      fault.kind === 'operator' && fault.operation.kind === 'forget' && fault.operation.target.kind === 'replica'
    )),
    hasForgotten: plan.faults.some(({ fault }) => (
      (fault.kind === 'operator' && ['reset', 'remove'].includes(fault.operation.kind))
      || (fault.kind === 'operator' && fault.operation.kind === 'forget' && fault.operation.isForced)
      || (fault.kind === 'operators' && fault.orders.some(({ operation }) => operation.kind === 'reset'))
      || (fault.kind === 'ambush' && fault.strike === 'reset the speaker')
    )),
  }
}

/** Sentinels that forget each other in a partition, and promote on both sides, take each other for strangers. */
function mayBeSeparated(plan: Plan): boolean {
  return restOptions(plan).hasForgotten || plan.faults.some(({ fault }) => (
    fault.kind === 'operator' && fault.operation.kind === 'forget' && fault.operation.target.kind === 'sentinel'
  ))
}

/** Longest way to rest: TILT, an election that somebody blocks, a failover, then the slow repairs. */
function restBoundMs(plan: Plan): number {
  const timeouts = (plan.cluster.groups ?? []).map(({ failoverTimeoutMs = 10_000 }) => failoverTimeoutMs)
  return 120_000 + 6 * Math.max(...timeouts, 10_000)
}

function helpByHand(cluster: Cluster, plan: Plan): boolean {
  const isReunited = mayBeSeparated(plan) && reunite(cluster)
  const isForgotten = forgetLeftovers(cluster)
  return promoteByHand(cluster) || isReunited || isForgotten
}

/**
 * Returns how long it took; undefined when it took too long. An operator reunites what RESET has separated only after
 * the bound, so the time counts from there.
 */
async function settle(cluster: Cluster, plan: Plan): Promise<number | undefined> {
  let healedAt = cluster.nowMs
  // What operators asked of a stopped process happens only now.
  await cluster.runFor(2000)
  watchAgain(cluster)
  const isCalm = () => isAtRest(cluster, restOptions(plan))
  const awaitsOperator = () => isAtRest(cluster, { ...restOptions(plan), awaitsOperator: true })
  let hasSettled = await cluster.reaches(isCalm, restBoundMs(plan), { everyMs: 100 })
  if (!hasSettled && helpByHand(cluster, plan)) {
    healedAt = cluster.nowMs
    hasSettled = await cluster.reaches(isCalm, restBoundMs(plan), { everyMs: 100 })
  }
  return hasSettled || awaitsOperator() ? cluster.nowMs - healedAt : undefined
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error)
}
