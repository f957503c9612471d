/** Plain clients that write through a proxy while the master changes, and what became of their writes. */
import { eventually, killMaster, notYet, type Deployment } from '../../src/harness/index.ts'
import type { ProxyProcess } from '../integration/proxy-process.ts'
import type { Attempt, PlainClient, RunningClient } from './plain-clients/plain-client.ts'

/** Acknowledged writes of each client before the change, and after it. */
const WRITES_MIN = 10

/** Time limit for a client to write again, in milliseconds. */
const RECOVERY_MS = 60_000

interface Begun {
  /** Milliseconds since 1970. */
  readonly at: number
  /** Starts the old master again. */
  readonly repair: () => Promise<void>
}

/** What is done to the master. */
export interface MasterChange {
  readonly name: string
  /** How long the sentinels wait before they act, in milliseconds. */
  readonly expectedMs: (deployment: Deployment) => number
  readonly begin: (deployment: Deployment) => Promise<Begun>
}

export const KILL: MasterChange = {
  name: 'kill -9 of the master',
  expectedMs: ({ group }) => group.plan.downAfterMs,
  begin: async (deployment) => {
    const fault = await killMaster(deployment)
    return { at: fault.at, repair: async () => { await fault.node.start() } }
  },
}

export const SWITCHOVER: MasterChange = {
  name: 'coordinated switchover',
  expectedMs: () => 0,
  begin: async (deployment) => {
    const at = Date.now()
    await deployment.sentinel(0).call(['SENTINEL', 'FAILOVER', deployment.group.name, 'COORDINATED'])
    return { at, repair: () => Promise.resolve() }
  },
}

/** What happened to one client. Times are in milliseconds. */
export interface ClientResult {
  readonly client: PlainClient
  /** The longest time between two acknowledged writes. */
  readonly outageMs: number
  /** From the moment when the proxy had left the old master until the first acknowledged write after it. */
  readonly afterProxyMs: number
  /** Attempts that failed, by their error. */
  readonly errors: readonly string[]
  /** READONLY after the proxy had left the old master, on attempts that began after it. */
  readonly readonlyAfter: number
  readonly acknowledged: number
  /** Acknowledged, and not on the new master: before the change began, and after it. */
  readonly lostBefore: number
  readonly lostAfter: number
}

/** What happened in one change. Times are in milliseconds since it began. */
export interface ChangeResult {
  readonly clients: readonly ClientResult[]
  /** How long the sentinels wait before they act. */
  readonly expectedMs: number
  /** When a majority of the sentinels had announced the new master. */
  readonly sentinelsMs: number
  /** When the proxy had left the old master. */
  readonly proxyMs: number
  /** Puts the deployment in order again. */
  readonly repair: () => Promise<void>
}

interface Writing {
  readonly client: PlainClient
  readonly attempts: Attempt[]
  readonly running: RunningClient
  readonly key: string
}

/** Runs all clients at once through the proxy, changes the master, and waits until every one writes again. */
export async function runChange(
  deployment: Deployment, proxy: ProxyProcess, clients: readonly PlainClient[], change: MasterChange, round: number,
): Promise<ChangeResult> {
  const writing: Writing[] = []
  try {
    for (const client of clients) {
      const key = `${client.name}-${change.name}-${round}`.replaceAll(/\W+/g, '-')
      const attempts: Attempt[] = []
      const running = await client.start(proxy.port, key, (attempt) => { attempts.push(attempt) })
      writing.push({ client, attempts, running, key })
    }
    await acknowledgedSince(writing, 0)
    const old = (await deployment.currentMaster()).address
    const { position } = deployment.timeline
    const { at, repair } = await change.begin(deployment)
    const left = await proxy.leaves(old)
    await acknowledgedSince(writing, left.at)
    for (const { running } of writing) await running.stop()
    const node = deployment.nodeAt(left.master)
    const results: ClientResult[] = []
    for (const one of writing) {
      const stored = await (one.running.stored?.(node) ?? node.call(['LRANGE', one.key, '0', '-1']) as Promise<string[]>)
      results.push(judge(one, new Set(stored), at, left.at))
    }
    const announced = deployment.timeline.all({ event: '+switch-master', after: position })
    const sentinelsAt = announced[Math.floor(deployment.sentinels.length / 2)]?.at ?? Number.NaN
    return {
      clients: results, expectedMs: change.expectedMs(deployment), sentinelsMs: sentinelsAt - at, proxyMs: left.at - at,
      repair: async () => {
        await repair()
        await deployment.waitUntilSettled({ awayFrom: old })
      },
    }
  } finally {
    for (const { running } of writing) await running.stop()
  }
}

function acknowledgedSince(writing: readonly Writing[], at: number): Promise<void> {
  const isLate = ({ attempts }: Writing): boolean => {
    return attempts.filter(({ began, problem }) => problem === undefined && began > at).length < WRITES_MIN
  }
  return eventually('every client to write', () => {
    const late = writing.filter((one) => isLate(one))
    if (late.length > 0) throw notYet(late.map(({ client, attempts }) => `${client.name}: ${JSON.stringify(attempts.slice(-2))}`).join('\n'))
  }, { timeoutMs: RECOVERY_MS, everyMs: 20 })
}

function judge({ client, attempts }: Writing, stored: ReadonlySet<string>, at: number, leftAt: number): ClientResult {
  const acknowledged = attempts.filter(({ problem }) => problem === undefined)
  const lost = acknowledged.filter(({ value }) => !stored.has(value))
  const failed = attempts.flatMap(({ problem, began }) => problem === undefined ? [] : [{ problem, began }])
  return {
    client,
    outageMs: Math.max(...acknowledged.map(({ ended }, index) => ended - (acknowledged[index - 1]?.ended ?? ended))),
    afterProxyMs: Math.min(...acknowledged.flatMap(({ ended }) => ended > leftAt ? [ended - leftAt] : [])),
    errors: failed.map(({ problem }) => problem),
    readonlyAfter: failed.filter(({ problem, began }) => problem.includes('READONLY') && began > leftAt).length,
    acknowledged: acknowledged.length,
    lostBefore: lost.filter(({ began }) => began <= at).length,
    lostAfter: lost.filter(({ began }) => began > at).length,
  }
}
