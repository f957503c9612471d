/** Why a replica is not chosen. */

/** The first rule that a replica breaks, in the order of the rules. */
export type Ineligible =
  | 'down'
  | 'disconnected'
  | 'silent'
  | 'priority-zero'
  /** It is in a zone of `never-promote-in`. */
  | 'excluded-zone'
  | 'info-too-old'
  | 'master-link-down-too-long'
  /** It is empty and never synchronised: if it were promoted, the old master would lose all keys at its return. */
  | 'no-data'
  /** It holds another deployment's data, or it follows an unknown master with unknown data. */
  | 'foreign'
  /** It was the master before, runs as a master again, and is about to be ordered to follow the present one. */
  | 'returned-master'
  /** Its master restarted without its data, and this replica does not have them either, while another one does. */
  | 'lost-data'
  | LastResort

/**
 * Why a replica is promoted only where no other may be: its data are not, or not yet, those of its master, or it lacks
 * more of them than `max-lag-bytes` (with `max-lag-strict` it is not promoted then either).
 */
export type LastResort = 'too-much-lag' | 'never-synchronised' | 'loading'

/** Why a master cannot hand over to a replica. */
export type HandoverObstacle =
  | Ineligible
  /** No replica has the address. */
  | 'unknown'
  /** The master does not list it as a replica that is online. */
  | 'not-online'
  /** Its replication id is not that of the master. */
  | 'other-data'
