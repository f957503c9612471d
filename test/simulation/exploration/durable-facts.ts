/** What the rules read from a disk. */
import type { DurableMaster, DurableState, Epoch } from '../../../src/core/index.ts'

export function currentEpochOf({ currentEpoch, masters }: DurableState): Epoch {
  // A start raises the epoch to the highest config-epoch.
  return masters.reduce((highest, { configEpoch }) => configEpoch > highest ? configEpoch : highest, currentEpoch)
}

/** @throws RangeError when there is none: exploration never removes it. */
export function masterOf({ masters }: DurableState): DurableMaster {
  const [master] = masters
  if (master === undefined) throw new RangeError('no master on the disk')
  return master
}
