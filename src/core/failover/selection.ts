/** Which replica becomes the master, and why each other one does not (behaviour.md 9.3). Pure. */
import { isDisconnected } from '../state/link.ts'
import type { Master } from '../state/master.ts'
import type { Replica } from '../state/replica.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'

/** The first rule that a replica breaks, in the order of the rules. */
export type Ineligible =
  | 'down'
  | 'disconnected'
  | 'silent'
  | 'priority-zero'
  | 'info-too-old'
  | 'master-link-down-too-long'

export interface Verdict {
  readonly best: Replica | undefined
  readonly rejected: readonly { readonly replica: Replica, readonly why: Ineligible }[]
}

export function rankReplicas(state: SentinelState, master: Master, now: Millis): Verdict {
  const good: Replica[] = []
  const rejected: { replica: Replica, why: Ineligible }[] = []
  for (const replica of master.replicas.values()) {
    const why = whyIneligible(state, master, replica, now)
    if (why === undefined) good.push(replica)
    else rejected.push({ replica, why })
  }
  return { best: good.sort(compareReplicas)[0], rejected }
}

export function whyIneligible(
  state: SentinelState, master: Master, replica: Replica, now: Millis,
): Ineligible | undefined {
  const recently = 5 * state.tunables['ping-period']
  const infoLimit = master.sdown ? recently : 3 * state.tunables['info-period']
  if (replica.sdown) return 'down'
  if (isDisconnected(replica.link)) return 'disconnected'
  if (now - replica.link.lastValidReplyAt > recently) return 'silent'
  if (replica.priority === 0) return 'priority-zero'
  if (replica.infoAt === undefined || now - replica.infoAt > infoLimit) return 'info-too-old'
  const downFor = master.sdown && master.sdownSince !== undefined ? now - master.sdownSince : 0
  if (replica.masterLinkDownMs > 10 * master.downAfterMs + downFor) return 'master-link-down-too-long'
  return undefined
}

/** Lowest priority first, then the most data, then the smallest run id; an unknown run id comes last. */
function compareReplicas(a: Replica, b: Replica): number {
  if (a.priority !== b.priority) return a.priority - b.priority
  if (a.offset !== b.offset) return a.offset > b.offset ? -1 : 1
  if (a.runId === undefined) return Number(b.runId !== undefined)
  if (b.runId === undefined) return -1
  const [left, right] = [a.runId.toLowerCase(), b.runId.toLowerCase()]
  return left < right ? -1 : Number(left > right)
}
