/** The common part of the explanations of masters, replicas and sentinels. */
import { announced } from '../monitoring/announce.ts'
import { canonicalIp } from '../ip.ts'
import type { Instance } from '../state/instance.ts'
import { isDisconnected } from '../state/link.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type { NodeExplanation, RefusalView } from './explanation.ts'

export function explainNode(state: SentinelState, instance: Instance, now: Millis): NodeExplanation {
  const { address, sdown, sdownSince, link } = instance
  const { lastFailure } = link
  return {
    host: announced(state, address),
    port: address.port,
    sdown,
    downMs: sdown && sdownSince !== undefined ? now - sdownSince : undefined,
    silentMs: sdown ? undefined : silentMs(state, instance, now),
    validReplyMs: now - link.lastValidReplyAt,
    refusals: refusalsOf(instance, now),
    lastFailure: lastFailure === undefined
      ? undefined
      : { purpose: lastFailure.purpose, reason: lastFailure.reason, ageMs: now - lastFailure.at },
    isConnected: !isDisconnected(link),
    nameFailure: state.names.get(address.host)?.failure,
    hostName: state.globals.resolveHostnames && canonicalIp(address.host) === undefined ? address.host : undefined,
    hasAddress: address.ip !== undefined,
    version: instance.kind === 'peer' ? undefined : instance.version,
  }
}

/** Undefined: it answered within two periods. A PING is outstanding most of the time, so only a late answer counts. */
export function silentMs({ tunables }: SentinelState, { link, settings }: Instance, now: Millis): Millis | undefined {
  const answeredMs = now - link.lastValidReplyAt
  return answeredMs > 2 * Math.min(settings.downAfterMs, tunables['ping-period']) ? answeredMs : undefined
}

export function refusalsOf({ link }: Instance, now: Millis): readonly RefusalView[] {
  return [...link.refusals ?? []].map(
    ([purpose, { command, error, at }]) => ({ purpose, command, error, ageMs: now - at }),
  )
}
