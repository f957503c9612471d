/** Rules about times that make failovers false, late or impossible. */
import type { DurableMaster } from '../../core/index.ts'
import { durationText } from '../../explain/index.ts'
import { finding, type Finding } from './finding.ts'
import type { LoadedFile } from './loaded-file.ts'

/** Shortest down-after-milliseconds without a warning. A garbage collection, a fork or a lost packet takes less. */
const DOWN_AFTER_MIN_MS = 1000
const DOWN_AFTER_LONG_MS = 120_000

/** Below this, nothing that runs on a network can work: the value was probably meant in seconds. */
const DOWN_AFTER_BROKEN_MS = 100
const FAILOVER_TIMEOUT_BROKEN_MS = 1000

/** An outage as long as this is hardly meant: the value was probably written with a factor of 1000 too many. */
const DOWN_AFTER_ENDLESS_MS = 600_000

/** After a failed attempt, the next one begins twice failover-timeout later. */
const FAILOVER_TIMEOUT_LONG_MS = 900_000

export function checkTimes({ config, place }: LoadedFile): Finding[] {
  return config.durable.masters.flatMap((master) => [
    ...downAfter(master, place('sentinel', 'down-after-milliseconds', master.name)),
    ...failoverTimeout(master, place('sentinel', 'failover-timeout', master.name)),
    ...parallelSyncs(master, place('sentinel', 'parallel-syncs', master.name)),
  ])
}

function downAfter({ name, settings: { downAfterMs } }: DurableMaster, where: string): Finding[] {
  if (downAfterMs < DOWN_AFTER_MIN_MS) {
    return [finding(downAfterMs < DOWN_AFTER_BROKEN_MS ? 'error' : 'warning', 'down-after-short', where, [
      `down-after-milliseconds of ${name} is ${durationText(downAfterMs)}: one lost packet or a short pause of the node causes a failover`,
      `use 1000 or more; 3000 to 10000 is usual${unitHint(downAfterMs, DOWN_AFTER_BROKEN_MS)}`,
    ])]
  }
  const level = downAfterMs > DOWN_AFTER_ENDLESS_MS ? 'warning' : 'advice'
  return downAfterMs <= DOWN_AFTER_LONG_MS ? [] : [finding(level, 'down-after-long', where, [
    `down-after-milliseconds of ${name} is ${durationText(downAfterMs)}: clients cannot write for at least that long`,
    '3000 to 30000 is usual',
  ])]
}

function failoverTimeout({ name, settings }: DurableMaster, where: string): Finding[] {
  const { failoverTimeoutMs, downAfterMs } = settings
  if (failoverTimeoutMs < FAILOVER_TIMEOUT_BROKEN_MS) {
    return [finding('error', 'failover-timeout-short', where, [
      `failover-timeout of ${name} is ${durationText(failoverTimeoutMs)}: an attempt ends before a replica is promoted, and the next one soon begins`,
      `use several times down-after-milliseconds; 60000 to 180000 is usual${unitHint(failoverTimeoutMs, FAILOVER_TIMEOUT_BROKEN_MS)}`,
    ])]
  }
  if (failoverTimeoutMs > FAILOVER_TIMEOUT_LONG_MS) {
    return [finding('advice', 'failover-timeout-long', where, [
      `failover-timeout of ${name} is ${durationText(failoverTimeoutMs)}: after a failed attempt the next one begins only`
      + ` ${durationText(2 * failoverTimeoutMs)} later`, '60000 to 180000 is usual',
    ])]
  }
  // A down-after-milliseconds that is far too long is another finding.
  if (failoverTimeoutMs >= 2 * downAfterMs || downAfterMs > DOWN_AFTER_ENDLESS_MS) return []
  return [finding('warning', 'failover-timeout-short', where, [
    `failover-timeout of ${name} is ${durationText(failoverTimeoutMs)}, less than twice its down-after-milliseconds`
    + ` (${durationText(downAfterMs)}): an attempt is aborted and repeated while nodes are still recovering`,
    'use several times down-after-milliseconds; 60000 to 180000 is usual',
  ])]
}

/** For a value that was probably meant in seconds. */
function unitHint(value: number, limitMs: number): string {
  return value >= limitMs ? '' : `; the unit is milliseconds, so ${value} s is ${value * 1000}`
}

function parallelSyncs({ name, settings: { parallelSyncs: many }, replicas }: DurableMaster, where: string): Finding[] {
  if (many < 2 || replicas.length < 2 || many < replicas.length - 1) return []
  return [finding('advice', 'parallel-syncs', where, [
    `parallel-syncs of ${name} is ${many}: after a failover all other replicas resynchronise at once, and none serves reads meanwhile`,
    'use 1 where replicas serve reads',
  ])]
}
