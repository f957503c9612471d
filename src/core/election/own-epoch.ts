/**
 * Epochs that belong to one sentinel. A configuration epoch must name one address, so no two leaders may use the same
 * epoch. Votes of a majority guarantee that; where they cannot be had (a manual failover without reachable peers, a
 * sentinel that RESET has made forget its peers, two configurations under one number), the epoch itself is unique:
 * its low 24 bits are made from the id and a random number, which also tells the lives of one sentinel apart when its
 * disk has lost the last epoch. Genuine sentinels take it like any other epoch.
 */
import { EPOCH_MAX } from '../limits.ts'
import type { Random } from '../random.ts'
import type { Epoch } from '../state/ids.ts'

const OWN_BITS = 24n
/** Below it are the low bits of epochs that were counted up one by one. */
const COUNTED = 2 ** 20

/** An epoch above the given one that no other sentinel takes; just the next one where no room is left for it. */
export function ownEpoch(current: Epoch, id: string, random: Random): Epoch {
  const low = COUNTED + hash(`${id} ${random.below(2 ** 16)}`) % (2 ** 24 - COUNTED)
  const epoch = ((current >> OWN_BITS) + 1n) << OWN_BITS | BigInt(low)
  return epoch > EPOCH_MAX ? current + 1n : epoch
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x81_1c_9d_c5
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93)
  return value >>> 0
}
