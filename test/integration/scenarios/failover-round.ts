import {
  clock, killMaster, orderFailover, pauseMaster,
  type Deployment, type Fault, type SettledState,
} from '../../../src/harness/index.ts'

/** The three ways in which a master is replaced. */
export type FailoverCause = 'kill' | 'pause' | 'order'

/** One failover from the fault to the return of the old master. */
export interface FailoverRound {
  readonly fault: Fault
  readonly settled: SettledState
  /** Milliseconds from the fault to the first and the last `+switch-master`. */
  readonly firstSwitchMs: number
  readonly lastSwitchMs: number
  /** Milliseconds from the fault until all nodes but the old master stood right. */
  readonly settledMs: number
  /** Milliseconds from the return of the old master until it followed the new one. */
  readonly rejoinedMs: number
}

/** Takes the master away, waits for the right end state, brings the old master back and waits until it follows. */
export async function failoverRound(deployment: Deployment, cause: FailoverCause): Promise<FailoverRound> {
  const fault = await begin(deployment, cause)
  const awayFrom = fault.node.address
  const settled = await deployment.waitUntilSettled({ awayFrom })
  const settledMs = clock() - fault.at
  const returned = clock()
  if (cause === 'kill') await fault.node.start()
  if (cause === 'pause') fault.node.resume()
  const rejoined = await deployment.waitUntilSettled({ awayFrom })
  const switches = deployment.timeline.all({ event: '+switch-master', after: fault.position }).map(({ at }) => at)
  return {
    fault,
    settled: rejoined,
    firstSwitchMs: Math.min(...switches) - fault.at,
    lastSwitchMs: Math.max(...switches) - fault.at,
    settledMs: settled.master === rejoined.master ? settledMs : Number.NaN,
    rejoinedMs: clock() - returned,
  }
}

function begin(deployment: Deployment, cause: FailoverCause): Promise<Fault> {
  switch (cause) {
    case 'kill': return killMaster(deployment)
    case 'pause': return pauseMaster(deployment)
    case 'order': return orderFailover(deployment)
  }
}
