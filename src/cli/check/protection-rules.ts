/** Rules about the settings of ts-sentinel.ini beside the file that is checked. */
import type { DurableMaster, Protection, ProtectionSettings } from '../../core/index.ts'
import { durationText } from '../../explain/index.ts'
import { finding, type Finding } from './finding.ts'
import type { LoadedFile } from './loaded-file.ts'

/** An idle master sends its replicas a ping every 10 s; INFO rounds, and asks for it take a second each. */
const IDLE_PROOF_MS = 12_000

/** Below this, crash-detection saves less than a restart of a server usually takes. */
const CRASH_GAIN_MIN_MS = 3000

export function checkProtection({ config, place }: LoadedFile, { general, masters }: ProtectionSettings): Finding[] {
  return config.durable.masters.flatMap((master) => {
    const protection = masters.get(master.name) ?? general
    return [
      ...crashDetection(master, protection, place('sentinel', 'down-after-milliseconds', master.name)),
      ...witnesses(master, protection, place('sentinel', 'monitor', master.name)),
    ]
  })
}

/** How long the supervisor of the servers takes to restart one cannot be known here. */
function crashDetection(
  { name, settings: { downAfterMs } }: DurableMaster, { crashDetectionMs }: Protection, where: string,
): Finding[] {
  if (crashDetectionMs === undefined) return []
  const [early, late] = [durationText(crashDetectionMs), durationText(downAfterMs)]
  if (crashDetectionMs >= downAfterMs) {
    return [finding('warning', 'crash-detection-late', where, [
      `crash-detection of ${name} is ${early}, not less than its down-after-milliseconds (${late}): it has no effect`,
      'use less than down-after-milliseconds, or remove crash-detection',
    ])]
  }
  return downAfterMs >= CRASH_GAIN_MIN_MS ? [] : [finding('advice', 'crash-detection-little-gain', where, [
    `crash-detection of ${name} is ${early} and its down-after-milliseconds ${late}: it saves at most ${durationText(downAfterMs - crashDetectionMs)},`
    + ' and a restart that takes longer than crash-detection becomes a failover',
    'remove crash-detection, or raise down-after-milliseconds so that slow networks cause no failover either',
  ])]
}

function witnesses(
  { name, settings: { downAfterMs }, replicas }: DurableMaster, protection: Protection, where: string,
): Finding[] {
  if (!protection.witnesses) return []
  const { witnessMaxMs } = protection
  return [
    ...witnessMaxMs !== undefined && witnessMaxMs < downAfterMs ? [finding('warning', 'witness-max-short', where, [
      `witness-max of ${name} is ${durationText(witnessMaxMs)}, less than its down-after-milliseconds (${durationText(downAfterMs)}):`
      + ' sentinels that are cut off replace a working master soon after all',
      'use several times down-after-milliseconds, or remove witness-max: five times is the default',
    ])] : [],
    ...replicas.length === 1 ? [finding('advice', 'witnesses-one-replica', where, [
      `witnesses is on for ${name}, which has 1 replica: that one alone decides whether the master is taken for down`,
      'use two replicas or more, on other machines',
    ])] : [],
    ...downAfterMs < IDLE_PROOF_MS ? [finding('advice', 'witnesses-idle-master', where, [
      `witnesses is on for ${name} with down-after-milliseconds ${durationText(downAfterMs)}: a master without writes sends its replicas`
      + ' data every 10 s only, and is not protected',
      'use 12000 or more, or lower repl-ping-replica-period on the servers; a master with writes is protected',
    ])] : [],
  ]
}
