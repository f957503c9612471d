import { activeFault, type ActiveFault } from '../active-fault.ts'
import type { Deployment } from '../deployment.ts'

/** A fault of a deployment, with its position in the timeline. */
export interface MarkedFault extends ActiveFault {
  /** Milliseconds since 1970, on the clock of the timeline. */
  readonly at: number
  /** Pass it as `after` to see only entries after the fault. */
  readonly position: number
}

/**
 * Marks the begin of a fault, and its end after `undo`. The end of a deployment ends its faults, without `undo`.
 *
 * @param source the process that the fault hits, or another source of the timeline
 */
export function markFault(
  deployment: Deployment, source: string, what: string, undo: () => void | Promise<void>,
): MarkedFault {
  const { position } = deployment.timeline
  const { at } = deployment.timeline.mark(source, `fault: ${what}`)
  const fault = activeFault(async () => {
    if (deployment.stopped) return
    await undo()
    deployment.timeline.mark(source, `end of fault: ${what}`)
  })
  return { ...fault, at, position }
}
