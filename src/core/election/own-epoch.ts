/**
 * Epochs that belong to one sentinel. A configuration epoch must name one address, so no two leaders may use the same
 * epoch. Votes of a majority guarantee that; without them (a manual failover without reachable peers, a
 * sentinel that RESET has made forget its peers, two configurations under one number), the epoch itself is unique:
 * its low 24 bits are made from the id and a random number, which also distinguishes restarts of one sentinel whose
 * disk has lost the last epoch. Genuine sentinels accept it like any other epoch.
 */
import { EPOCH_MAX } from '../limits.ts'
import type { Random } from '../random.ts'
import type { Epoch } from '../state/ids.ts'

const OWN_BITS = 24n
const LOW_BITS = (1n << OWN_BITS) - 1n
/** The low bits below this number are those of epochs that were counted up one by one. */
const COUNTED = 2 ** 20
/** How many random numbers distinguish the restarts of one sentinel. */
const LIVES = 2 ** 12

/** An epoch above the given one that no other sentinel uses; the next epoch where `EPOCH_MAX` leaves no own one. */
export function ownEpoch(current: Epoch, id: string, random: Random): Epoch {
  const low = lowBits(hash(`${id} `), random.below(LIVES))
  const epoch = ((current >> OWN_BITS) + 1n) << OWN_BITS | BigInt(low)
  return epoch > EPOCH_MAX ? current + 1n : epoch
}

/**
 * Whether `ownEpoch` can have made this epoch for this id. Of the epochs that are counted up from an own one, 1 in 4000
 * looks like one, too.
 */
export function isOwnEpoch(epoch: Epoch, id: string): boolean {
  const low = Number(epoch & LOW_BITS)
  if (low < COUNTED) return false
  const hashOfId = hash(`${id} `)
  for (let life = 0; life < LIVES; life += 1) if (lowBits(hashOfId, life) === low) return true
  return false
}

function lowBits(hashOfId: number, life: number): number {
  return COUNTED + hash(String(life), hashOfId) % (2 ** 24 - COUNTED)
}

/** FNV-1a, 32 bits; `from` is the hash of the text before. */
function hash(text: string, from = 0x81_1c_9d_c5): number {
  let value = from
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93)
  return value >>> 0
}
