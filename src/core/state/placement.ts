/** Where the nodes of a master are, and which replicas are to be promoted (docs/decisions/0055-zones-and-lag.md). */

/** Settings of [master <name>] in ts-sentinel.ini about the choice of a replica. */
export interface Placement {
  /** Of replicas with equal priority, those in this zone come first. Undefined: the zone decides nothing. */
  readonly preferZone: string | undefined
  /** Replicas in these zones are never promoted. */
  readonly neverPromoteIn: readonly string[]
  /** A replica that lacks more of the data is promoted only where no other can be. Undefined: no limit. */
  readonly maxLagBytes: number | undefined
  /** It is not promoted then either. */
  readonly isLagStrict: boolean
  /** The zones of nodes whose servers do not report one. */
  readonly zones: readonly ZoneOfNode[]
}

/** The address of a node as the file has it, which may be a name, and the zone of that node. */
export interface ZoneOfNode {
  readonly host: string
  readonly port: number
  readonly zone: string
}

export const NO_PLACEMENT: Placement = Object.freeze({
  preferZone: undefined, neverPromoteIn: [], maxLagBytes: undefined, isLagStrict: false, zones: [],
})
