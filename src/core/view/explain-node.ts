/** The common part of the explanations of masters, replicas and sentinels. */
import { announced } from '../monitoring/announce.ts'
import type { Instance } from '../state/instance.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type { NodeExplanation, RefusalView } from './explanation.ts'

export function explainNode(state: SentinelState, instance: Instance, now: Millis): NodeExplanation {
  const { address, sdown, link: { lastFailure } } = instance
  return {
    host: announced(state, address),
    port: address.port,
    sdown,
    refusals: refusalsOf(instance, now),
    lastFailure: lastFailure === undefined
      ? undefined
      : { purpose: lastFailure.purpose, reason: lastFailure.reason, ageMs: now - lastFailure.at },
  }
}

export function refusalsOf({ link }: Instance, now: Millis): readonly RefusalView[] {
  return [...link.refusals ?? []].map(
    ([purpose, { command, error, at }]) => ({ purpose, command, error, ageMs: now - at }),
  )
}
