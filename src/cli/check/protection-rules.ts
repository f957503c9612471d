/** Rules about the settings of ts-sentinel.ini beside the file that is checked. */
import type { DurableMaster, Protection } from '../../core/index.ts'
import { loadExtensions } from '../../daemon/index.ts'
import { durationText } from '../../explain/index.ts'
import { finding, type Finding } from './finding.ts'
import type { LoadedFile } from './loaded-file.ts'

/** An idle master sends its replicas a ping every 10 s; INFO rounds, and asks for it take a second each. */
const IDLE_PROOF_MS = 12_000

/** `configFile` is absolute. A settings file with mistakes has findings of its own at the start of the program. */
export async function checkProtection({ config, place }: LoadedFile, configFile: string): Promise<Finding[]> {
  const loaded = await loadExtensions({ settingsPath: undefined, startDirectory: process.cwd(), configFile })
  if (!loaded.ok) return []
  const { general, masters } = loaded.extensions.protection
  return config.durable.masters.flatMap((master) => (
    witnesses(master, masters.get(master.name) ?? general, place('sentinel', 'monitor', master.name))
  ))
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
