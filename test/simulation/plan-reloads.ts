/**
 * Operators who edit files and send SIGHUP: settings of masters and rules of protection change on single sentinels,
 * also in the middle of a failure. Settings of protection hold until the sentinel is started again.
 */
import { protectionOfAll, type Operation, type Protection, type SetChange } from '../../src/core/index.ts'
import type { PlannedFault, SimRandom } from '../simulator/index.ts'
import type { Given } from './plan-protection.ts'
import { QUIET_START_MS, targetsOf } from './plan-targets.ts'

/** `settings`: the rules that are on at the start. */
export function planReloads(
  random: SimRandom, { cluster, groups: options, chaosMs }: Given, settings: Partial<Protection>,
): PlannedFault[] {
  if (!random.chance(20)) return []
  const { sentinels, groups } = targetsOf(cluster, options)
  return Array.from({ length: random.between(1, 6) }, () => ({
    atMs: random.between(QUIET_START_MS, chaosMs),
    fault: {
      kind: 'operator', sentinel: random.pick(sentinels),
      operation: planReload(random, random.pick(groups).name, settings),
    },
  }))
}

function planReload(random: SimRandom, name: string, settings: Partial<Protection>): Operation {
  const crashDetectionMs = random.chance(30) ? undefined : random.pick([50, 200, 1000])
  const protection = protectionOfAll({ ...settings, crashDetectionMs, witnesses: random.chance(50) })
  const changes = random.chance(50) ? [planChange(random)] : []
  return {
    kind: 'reload', protection, requirepass: undefined, globals: [],
    outsidePasswords: { sentinelPass: random.chance(40) ? undefined : random.pick(['x', 'y']), authPass: undefined, authPassOf: new Map() },
    masters: changes.length === 0 ? [] : [{ kind: 'set', name, changes }],
  }
}

function planChange(random: SimRandom): SetChange {
  return random.chance(50)
    ? { option: 'down-after-milliseconds', kind: 'time', setting: 'downAfterMs', value: random.pick([500, 1000, 3000]) }
    : { option: 'parallel-syncs', kind: 'count', setting: 'parallelSyncs', value: random.between(1, 2) }
}
