/** Rounds of chaos on one fleet: faults, healing, the way back to calm, and what must have held all along. */
import { cpSync } from 'node:fs'
import { messageOf, TimedOutError, type Deployment, type SentinelProcess, type Writer } from '../../src/harness/index.ts'
import { Injector } from './injector.ts'
import { Invariants } from './invariants.ts'
import { LogReader } from './log-facts.ts'
import { pause } from './pacing.ts'
import { describe, planRound, type RoundPlan } from './plan.ts'

/**
 * After the healing all must be well within this time: a failed attempt blocks the next one for 2x failover-timeout,
 * that one may take failover-timeout, then come the looks at roles (8 s) and INFO (10 s), twice.
 */
export const BOUND_MS = 75_000

/** How long it must stay calm: a failover that was under way when all was healed would show by then. */
const CALM_MS = 2_500

/** Files are looked at so often. */
const LOOK_MS = 40

export interface RoundResult {
  readonly round: number
  readonly faults: readonly string[]
  /** From the healing to lasting agreement; undefined when the bound was not kept. */
  readonly convergedMs: number | undefined
  readonly switches: number
  readonly acknowledged: number
  readonly lost: number
  readonly violations: readonly string[]
  readonly remarks: readonly string[]
}

export class FleetRun {
  readonly #deployment: Deployment
  readonly #injector: Injector
  readonly #invariants = new Invariants()
  readonly #logs: ReadonlyMap<SentinelProcess, LogReader>

  constructor(deployment: Deployment) {
    this.#deployment = deployment
    this.#injector = new Injector(deployment)
    this.#logs = new Map(deployment.sentinels.map((one) => [one, new LogReader(one.process.logFile)]))
  }

  async round(seed: number, round: number): Promise<RoundResult> {
    const { nodes, sentinels, timeline } = this.#deployment
    const plan = planRound(seed, round, { replicas: nodes.length - 1, sentinels: sentinels.length })
    const { position } = timeline
    const before = { violations: this.#invariants.violations.length, remarks: this.#invariants.remarks.length }
    const watching = new AbortController()
    const looks = this.#watchFiles(watching.signal)
    const writer = await this.#deployment.startWriter({ key: `chaos:${round}`, everyMs: 10 })
    let converged: { ms: number | undefined, why: string }
    try {
      converged = await this.#strike(plan)
    } finally {
      watching.abort()
      await looks
    }
    this.#readLogs()
    this.#invariants.judgeDisputes()
    const lost = await this.#judgeWrites(writer, round, converged.ms !== undefined)
    const problems = converged.ms === undefined ? [converged.why] : []
    return {
      round,
      faults: plan.faults.map(({ atMs, fault, lastsMs }) => (
        `${atMs} ms: ${describe(fault)}${lastsMs === undefined ? '' : ` for ${lastsMs} ms`}`
      )),
      convergedMs: converged.ms,
      switches: timeline.all({ event: '+switch-master', after: position }).length,
      acknowledged: writer.acknowledged.length,
      lost,
      violations: [...problems, ...this.#invariants.violations.slice(before.violations)],
      remarks: this.#invariants.remarks.slice(before.remarks),
    }
  }

  /** The story since `position`, and everything on disk, for whoever looks for the cause. */
  keep(folder: string): void {
    cpSync(this.#deployment.folder, folder, { recursive: true, filter: (path) => !path.includes('appendonlydir') })
  }

  async #strike(plan: RoundPlan): Promise<{ ms: number | undefined, why: string }> {
    await this.#injector.run(plan)
    const healed = performance.now()
    const deadline = healed + BOUND_MS
    let why = 'not calm'
    while (performance.now() < deadline) {
      try {
        const leftMs = deadline - performance.now()
        await this.#deployment.waitUntilFormed(leftMs)
        await this.#deployment.waitUntilSettled({ timeoutMs: deadline - performance.now() })
        const settled = performance.now()
        const { position } = this.#deployment.timeline
        await pause(CALM_MS)
        const news = this.#deployment.timeline.all({ after: position, event: /^[+-]([so]down|switch-master|try-failover|slave)$/ })
        if (news.length === 0) return { ms: settled - healed, why: '' }
        why = `then ${news.map(({ source, event, text }) => `${source} ${event} ${text}`).join(', ')}`
      } catch (error) {
        if (!(error instanceof TimedOutError)) throw error
        why = messageOf(error)
      }
    }
    return { ms: undefined, why: `no agreement within ${BOUND_MS} ms after the healing: ${why}` }
  }

  async #watchFiles(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const one of this.#deployment.sentinels) {
        this.#invariants.saved(who(one), one.fileFacts(this.#deployment.group.name))
      }
      await pause(LOOK_MS)
    }
  }

  #readLogs(): void {
    for (const [one, reader] of this.#logs) {
      for (const fact of reader.next()) this.#invariants.logged(who(one), fact)
    }
  }

  async #judgeWrites(writer: Writer, round: number, isSettled: boolean): Promise<number> {
    await writer.stop()
    if (!isSettled) return 0
    const master = await this.#deployment.currentMaster()
    const { lost } = await writer.verify(master)
    await master.call(['DEL', `chaos:${round}`])
    return this.#invariants.wrote(writer.acknowledged, lost)
  }
}

function who(sentinel: SentinelProcess): string {
  return `${sentinel.name} (${sentinel.kind})`
}
