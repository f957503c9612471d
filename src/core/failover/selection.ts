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
  /** The good ones, best first. */
  readonly ranked: readonly Replica[]
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
  good.sort(compareReplicas)
  return { best: good[0], ranked: good, rejected }
}

/** What a replica must keep to; longest ages, inclusive. */
export interface SelectionLimits {
  readonly replyMs: Millis
  readonly infoMs: Millis
  readonly masterLinkDownMs: Millis
}

export function selectionLimits(state: SentinelState, master: Master, now: Millis): SelectionLimits {
  const recently = 5 * state.tunables['ping-period']
  const downFor = master.sdown && master.sdownSince !== undefined ? now - master.sdownSince : 0
  return {
    replyMs: recently,
    infoMs: master.sdown ? recently : 3 * state.tunables['info-period'],
    masterLinkDownMs: 10 * master.downAfterMs + downFor,
  }
}

export function whyIneligible(
  state: SentinelState, master: Master, replica: Replica, now: Millis,
): Ineligible | undefined {
  const limits = selectionLimits(state, master, now)
  if (replica.sdown) return 'down'
  if (isDisconnected(replica.link)) return 'disconnected'
  if (now - replica.link.lastValidReplyAt > limits.replyMs) return 'silent'
  if (replica.priority === 0) return 'priority-zero'
  if (replica.infoAt === undefined || now - replica.infoAt > limits.infoMs) return 'info-too-old'
  if (replica.masterLinkDownMs > limits.masterLinkDownMs) return 'master-link-down-too-long'
  return undefined
}

/** What decides between two good replicas: the first of these in which they differ. */
export type Precedence = 'priority' | 'offset' | 'run-id'

export function precedence(a: Replica, b: Replica): Precedence {
  if (a.priority !== b.priority) return 'priority'
  return a.offset === b.offset ? 'run-id' : 'offset'
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
