import type { MasterExplanation } from '../core/index.ts'
import { addressText } from './address-text.ts'

/** The address of a sentinel by its id, `this sentinel`, or the id of one that is not known. */
export function sentinelName(id: string, { sentinels, own }: Pick<MasterExplanation, 'sentinels' | 'own'>): string {
  if (id.toLowerCase() === own?.id.toLowerCase()) return 'this sentinel'
  const known = sentinels.find((one) => one.id.toLowerCase() === id.toLowerCase())
  return known === undefined ? id : addressText(known)
}
