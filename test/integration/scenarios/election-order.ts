import { expect } from 'vitest'

import type { Deployment, SentinelKind, SentinelProcess } from '../../../src/harness/index.ts'

/**
 * Lets the sentinels of one kind notice a dead master first, by a longer down-after for all others. Where they are too
 * few for the quorum it is lowered for them; the majority of votes is needed all the same.
 */
export async function letFirst(deployment: Deployment, kind: SentinelKind, downAfterMs: number): Promise<void> {
  const { name, plan } = deployment.group
  const first = deployment.sentinels.filter((sentinel) => sentinel.kind === kind)
  for (const sentinel of deployment.sentinels) {
    const isFirst = first.includes(sentinel)
    const downAfter = isFirst ? downAfterMs : 2 * downAfterMs
    const quorum = isFirst ? Math.min(plan.quorum, first.length) : plan.quorum
    await sentinel.call(['SENTINEL', 'SET', name, 'down-after-milliseconds', String(downAfter), 'quorum', String(quorum)])
  }
}

/** The sentinel that was elected after `position`. */
export function leaderOf(deployment: Deployment, position: number): SentinelProcess {
  const elected = deployment.timeline.all({ event: '+elected-leader', after: position })
  expect(elected.map(({ source }) => source), 'one sentinel was elected').toHaveLength(1)
  const leader = deployment.sentinels.find((sentinel) => sentinel.name === elected[0]?.source)
  if (leader === undefined) throw new Error(`no sentinel is named ${elected[0]?.source}`)
  return leader
}

/** One failover and no more: each sentinel switched once, nobody stood again, no sentinel was taken for another. */
export function expectCleanRound(deployment: Deployment, position: number): void {
  const { timeline } = deployment
  for (const { name } of deployment.sentinels) {
    const switches = timeline.all({ source: name, event: '+switch-master', after: position })
    expect(switches.map(({ text }) => text), `+switch-master of ${name}`).toHaveLength(1)
  }
  const firstSwitch = timeline.first({ event: '+switch-master', after: position })?.at ?? 0
  const late = timeline.all({ event: '+try-failover', after: position, where: ({ at }) => at > firstSwitch })
  expect(late, 'attempts after the first switch').toEqual([])
  const confusions = timeline.all({ event: /dup|invalid-addr|address-switch|address-update/, after: position })
  expect(confusions, 'sentinels taken for others').toEqual([])
}
