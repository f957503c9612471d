/** Which address of the master is believed (docs/decisions/0063-address-of-the-proxys-master.md). Pure. */
import { isSameAddress, type NodeAddress } from './topology.ts'

/** The last answer of a sentinel. */
export type Opinion =
  /** It has not answered yet, or does not answer any more. */
  | { readonly kind: 'unreachable' }
  /** It does not monitor a master of this name. */
  | { readonly kind: 'unknown-name' }
  | { readonly kind: 'names', readonly address: NodeAddress }

export interface Judgement {
  /** Sentinels that answer, also those that do not know the name. */
  readonly reachable: number
  /** Whether a majority of the configured sentinels answers. */
  readonly hasMajority: boolean
  /** The address to believe from now on; undefined: the opinions support none. */
  readonly believed: { readonly address: NodeAddress, readonly by: 'majority' | 'role' } | undefined
  /** An address that would be believed if the node answered ROLE with master. */
  readonly toVerify: NodeAddress | undefined
  /** Whether sentinels that answer name different addresses, or no majority of the configured ones names one. */
  readonly isUnsettled: boolean
}

/**
 * Judges the opinions of all configured sentinels. An address that a majority of the configured sentinels names is
 * believed. One that only a majority of the reachable ones names is believed when the node itself answered ROLE with
 * master (`verified`), because a minority may be cut off from the others and not know of a failover.
 */
export function judge(opinions: readonly Opinion[], verified: NodeAddress | undefined): Judgement {
  const majority = Math.floor(opinions.length / 2) + 1
  const reachable = opinions.filter(({ kind }) => kind !== 'unreachable').length
  const base = { reachable, hasMajority: reachable >= majority }
  const [top, second] = counted(opinions)
  if (top === undefined) return { ...base, believed: undefined, toVerify: undefined, isUnsettled: true }
  if (top.count >= majority) {
    return { ...base, believed: { address: top.address, by: 'majority' }, toVerify: undefined, isUnsettled: second !== undefined }
  }
  if (top.count * 2 <= reachable) return { ...base, believed: undefined, toVerify: undefined, isUnsettled: true }
  return isSameAddress(top.address, verified)
    ? { ...base, believed: { address: top.address, by: 'role' }, toVerify: undefined, isUnsettled: true }
    : { ...base, believed: undefined, toVerify: top.address, isUnsettled: true }
}

interface Counted {
  readonly address: NodeAddress
  count: number
}

/** The named addresses, the most frequent first. */
function counted(opinions: readonly Opinion[]): readonly Counted[] {
  const found: Counted[] = []
  for (const opinion of opinions) {
    if (opinion.kind !== 'names') continue
    const known = found.find(({ address }) => isSameAddress(address, opinion.address))
    if (known === undefined) found.push({ address: opinion.address, count: 1 })
    else known.count += 1
  }
  return found.sort((one, other) => other.count - one.count)
}
